"""What schemathesis does not know by itself."""

import schemathesis


@schemathesis.serializer("application/jsonl")
def lines(_, value):
    """JSON lines are text to the contract."""
    return {"data": value if isinstance(value, bytes) else str(value).encode()}
