// Talks to the shop through OpenAI's own client. Arguments: the client's folder, address, token, photo. Prints what it saw as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, address, token, photo] = process.argv.slice(2);
const OpenAI = createRequire(`${folder}/`)("openai").default;
const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: token, maxRetries: 0 });
const url = "data:image/jpeg;base64," + readFileSync(photo).toString("base64");
const first = { role: "user", content: [{ type: "text", text: "do you have this?" }, { type: "image_url", image_url: { url } }] };
const seen = { models: (await client.models.list()).data.map((model) => model.id) };

const answer = await client.chat.completions.create({ model: "vitrine", messages: [first] });
seen.text = answer.choices[0].message.content;
seen.finish = answer.choices[0].finish_reason;
seen.products = answer.vitrine.products.map((product) => product.product_id);

const messages = [first, { role: "assistant", content: seen.text }, { role: "user", content: "how much is the first one?" }];
seen.price = "";
for await (const chunk of await client.chat.completions.create({ model: "vitrine", messages, stream: true })) {
  seen.price += chunk.choices[0].delta.content ?? "";
}
const told = await client.chat.completions.create({ model: "vitrine", messages: [first], response_format: { type: "json_object" } });
seen.json = JSON.parse(told.choices[0].message.content);
try {
  await client.chat.completions.create({ model: "gpt-5", messages: [first] });
} catch (error) {
  seen.unknown = [error.status, error.code];
}
console.log(JSON.stringify(seen));
