"""Small bugs planted one by one into the code that money depends on, to see that a test finds each of them."""
