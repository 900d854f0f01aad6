"""Asks the service as a model's host does, by the library of the Model Context Protocol, which holds
each answer against the schema that its tool tells. Reads what to ask, and prints the answers."""

import asyncio
import base64
import json
import sys

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


def told(model):
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


async def ask(asked):
    headers = {"Authorization": f"Bearer {asked['token']}"}
    with open(asked["photo"], "rb") as file:
        photo = base64.b64encode(file.read()).decode()
    async with httpx2.AsyncClient(headers=headers, timeout=120) as http:
        door = streamable_http_client(asked["url"], http_client=http)
        async with Client(door, mode=asked["mode"]) as client:
            tools = (await client.list_tools()).tools
            answers = {}

            async def call(name, tool, arguments):
                answers[name] = told(await client.call_tool(tool, arguments))
                return answers[name].get("structuredContent")

            found = await call("search", "search_catalog", {"catalog": {"query": asked["query"]}})
            product = found["products"][0]["id"]
            await call("lookup", "lookup_catalog", {"catalog": {"ids": [product, "gone"]}})
            await call("product", "get_product", {"catalog": {"id": product}})
            await call("gone", "get_product", {"catalog": {"id": "gone"}})
            await call("completed", "complete_the_look", {"product_id": product})
            look = await call("look", "find_by_photo", {"photo_base64": photo})
            again = {"photo_id": look["photo_id"], "limit": 1}
            await call("again", "find_by_photo", again)
            await call("nothing", "find_by_photo", {})
            return {
                "revision": client.protocol_version,
                "instructions": client.instructions,
                "tools": [told(tool) for tool in tools],
                "answers": answers,
            }


json.dump(asyncio.run(ask(json.load(sys.stdin))), sys.stdout)
