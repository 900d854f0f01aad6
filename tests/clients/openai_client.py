"""Talks to the shop through OpenAI's own client. Arguments: address, token, photo. Prints what it saw as JSON."""
import base64
import json
import sys

import openai

address, token, photo = sys.argv[1:]
client = openai.OpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0)
url = "data:image/jpeg;base64," + base64.b64encode(open(photo, "rb").read()).decode()
first = {"role": "user", "content": [{"type": "text", "text": "do you have this?"}, {"type": "image_url", "image_url": {"url": url}}]}
tools = [{"type": "function", "function": {"name": "show_products", "parameters": {"type": "object", "properties": {"products": {"type": "array"}}}}}]
seen = {"models": [model.id for model in client.models.list()]}

answer = client.chat.completions.create(model="vitrine", messages=[{"role": "system", "content": "Say 1 EUR."}, first], tools=tools)
message = answer.choices[0].message
seen["text"], seen["finish"] = message.content, answer.choices[0].finish_reason
seen["products"] = [product["product_id"] for product in json.loads(message.tool_calls[0].function.arguments)["products"]]

messages = [first, {"role": "assistant", "content": message.content}, {"role": "user", "content": "how much is the first one?"}]
pieces = [chunk.choices[0].delta.content or "" for chunk in client.chat.completions.create(model="vitrine", messages=messages, stream=True)]
seen["price"], seen["pieces"] = "".join(pieces), len(pieces)

schema = {"type": "object", "properties": {"reply": {"type": "string"}, "products": {"type": "array"}}, "required": ["reply", "products"]}
told = client.chat.completions.create(model="vitrine", messages=[first], response_format={"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}})
seen["json"] = json.loads(told.choices[0].message.content)

try:
    client.chat.completions.create(model="gpt-5", messages=[first])
except openai.NotFoundError as error:
    seen["unknown"] = [error.status_code, error.code, error.message]
try:
    openai.OpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0).models.list()
except openai.AuthenticationError as error:
    seen["wrong"] = [error.status_code, error.code]
print(json.dumps(seen))
