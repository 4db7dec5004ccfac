using System;
class P { }
