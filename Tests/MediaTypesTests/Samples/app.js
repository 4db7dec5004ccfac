'use strict';
const a = () => { return document.title; };
function f(x) { return a(x); }
f(1);
