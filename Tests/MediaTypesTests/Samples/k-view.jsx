const A = () => <div/>;
