-- What is bought together, and what a customer bought, is looked up by product and by order.

CREATE INDEX events_by_product_bought ON events (merchant, product, at)
    WHERE order_id IS NOT NULL;
CREATE INDEX events_by_order ON events (merchant, order_id) WHERE order_id IS NOT NULL;
