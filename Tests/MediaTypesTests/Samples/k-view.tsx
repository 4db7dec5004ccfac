export const A = () => <p>hi</p>;
