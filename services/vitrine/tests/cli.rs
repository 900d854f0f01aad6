//! The command line as a person uses it: every command, its output, its exit code.

mod common;

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use common::{feed, in_folder, products, root, run, serving::Serving, text, vitrine};
use serde_json::Value;
use tempfile::tempdir;

const OUTFIT: &str = "demo/photos/outfit.jpg";

fn length(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}

#[test]
fn a_photo_is_answered_with_products_reasons_and_advice() {
    let data = tempdir().unwrap();
    let told = in_folder(data.path(), &["look", OUTFIT, "--json"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    let look = told.json();
    assert!(length(&look["garments"]) >= 2, "{look:#}");
    let garment = &look["garments"][0];
    let found = &garment["matches"][0];
    assert!(found["product_id"].is_string() && found["price"]["amount"].is_u64(), "{garment:#}");
    assert!(length(&found["reasons"]) > 0, "{found:#}");
    assert!(look["advice"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{look:#}");

    let shown = in_folder(data.path(), &["look", OUTFIT, "--limit", "1", "--text", "for work"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    for part in ["product", "price", "why", found["product_id"].as_str().unwrap(), "Advice: "] {
        assert!(shown.out.contains(part), "{part} is missing in {}", shown.out);
    }
    assert!(shown.err.contains("models") && !shown.err.contains("WARN"), "{}", shown.err);
}

#[test]
fn a_photo_without_clothes_is_answered_with_a_note() {
    let data = tempdir().unwrap();
    let told = in_folder(data.path(), &["look", "demo/photos/no-clothes.jpg"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(told.out.contains("no clothes were seen"), "{}", told.out);
}

#[test]
fn a_photo_that_can_not_be_read_is_told_by_name() {
    let data = tempdir().unwrap();
    let broken = data.path().join("broken.jpg");
    let whole = std::fs::read(root().join(OUTFIT)).unwrap();
    std::fs::write(&broken, &whole[..300]).unwrap();
    let told = in_folder(data.path(), &["look", text(&broken)]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.contains("broken.jpg: the picture is damaged"), "{}", told.err);

    let told = in_folder(data.path(), &["look", "no-such.jpg"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.starts_with("vitrine: no-such.jpg: No such file"), "{}", told.err);
}

#[test]
fn a_key_is_made_listed_and_revoked() {
    let data = tempdir().unwrap();
    let create = ["key", "create", "--merchant", "demo", "--name", "shop server"];
    let told = in_folder(data.path(), &[&create[..], &["--scope", "looks,search"]].concat());
    assert_eq!(told.code, Some(0), "{told:?}");
    let secret = told.out.trim();
    assert!(secret.starts_with("vk_") && secret.len() == 67, "{told:?}");
    let id = told.err.split(' ').next().unwrap();

    let list = ["key", "list", "--merchant", "demo"];
    let listed = in_folder(data.path(), &list);
    assert!(listed.out.starts_with(id) && listed.out.contains("[looks search]"), "{listed:?}");
    assert!(listed.out.contains("shop server") && listed.out.contains("never used"), "{listed:?}");
    assert!(!listed.out.contains(&secret[3..]), "{listed:?}");

    let revoke = ["key", "revoke", "--merchant", "demo", id];
    assert_eq!(in_folder(data.path(), &revoke).code, Some(0));
    assert_eq!(in_folder(data.path(), &list).out, "");
    let again = in_folder(data.path(), &revoke);
    assert_eq!(again.code, Some(2), "{again:?}");
    assert!(again.err.contains("has no key"), "{again:?}");

    let told = in_folder(data.path(), &[&create[..], &["--scope", "everything"]].concat());
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.contains("looks, search, events, catalog:read"), "{told:?}");
}

#[test]
fn a_token_has_three_parts_and_a_role_there_is() {
    let data = tempdir().unwrap();
    let told = in_folder(data.path(), &["token", "--role", "Shopper", "--merchant", "demo"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    assert_eq!(told.out.trim().split('.').count(), 3, "{}", told.out);

    let told = in_folder(data.path(), &["token", "--role", "king", "--merchant", "demo"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.contains("use shopper, agent, merchant or admin"), "{}", told.err);
    assert_eq!(told.out, "");
}

#[test]
fn the_contract_is_printed_and_a_copy_is_compared_with_it() {
    let printed = run(&mut vitrine(&["openapi"]));
    assert_eq!((printed.code, printed.err.as_str()), (Some(0), ""));
    assert_eq!(printed.json()["info"]["title"], "Vitrine");
    let same = run(&mut vitrine(&["openapi", "--check", "openapi/vitrine.json"]));
    assert_eq!((same.code, same.out.as_str(), same.err.as_str()), (Some(0), "", ""));

    let folder = tempdir().unwrap();
    let copy = folder.path().join("copy.json");
    let changed = printed.out.replacen("\"Vitrine\"", "\"Shop\"", 1);
    std::fs::write(&copy, changed).unwrap();
    let other = run(&mut vitrine(&["openapi", "--check", text(&copy)]));
    assert_eq!((other.code, other.out.as_str(), other.err.lines().count()), (Some(1), "", 1));
    assert!(
        other.err.contains("copy.json is not the contract: they differ from line 4 on"),
        "{other:?}"
    );
    let none = run(&mut vitrine(&["openapi", "--check", "no-such.json"]));
    assert_eq!(none.code, Some(2), "{none:?}");
}

#[test]
fn a_setting_that_is_none_names_the_nearest_wherever_it_stands() {
    let data = tempdir().unwrap();
    let file = data.path().join("vitrine.toml");
    std::fs::write(&file, "[models]\nvisoin = \"x\"\n").unwrap();
    let token = ["token", "--role", "shopper", "--merchant", "demo", "--data", text(data.path())];
    let from_file = run(vitrine(&token).args(["--config", text(&file)]));
    let from_environment = run(vitrine(&token).env("VITRINE_MODELS__VISOIN", "x"));
    let from_flag = run(vitrine(&token).args(["--set", "models.visoin=x"]));
    for told in [from_file, from_environment, from_flag] {
        assert_eq!(told.code, Some(2), "{told:?}");
        let message = "`models.visoin` is not a setting; did you mean `models.vision`?";
        assert!(told.err.contains(message), "{}", told.err);
    }
}

#[test]
fn a_flag_is_stronger_than_the_environment_and_that_than_the_file() {
    let data = tempdir().unwrap();
    let at = |name: &str| data.path().join(name);
    let file = at("vitrine.toml");
    let secret = format!("[data]\nsecret_file = {:?}\n", at("from-file"));
    std::fs::write(&file, secret).unwrap();
    let made = |name: &str, environment: bool, flag: bool| {
        let mut command = vitrine(&["token", "--role", "shopper", "--merchant", "demo"]);
        command.args(["--config", text(&file)]);
        if environment {
            command.env("VITRINE_DATA__SECRET_FILE", at("from-environment"));
        }
        if flag {
            command.args(["--set", &format!("data.secret_file={}", text(&at("from-flag")))]);
        }
        let told = run(&mut command);
        assert!(told.code == Some(0) && at(name).is_file(), "{name}: {told:?}");
        std::fs::remove_file(at(name)).unwrap();
    };
    made("from-file", false, false);
    made("from-environment", true, false);
    made("from-flag", true, true);
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 1, "a weaker source was used too");
}

#[test]
fn who_reads_a_long_text_may_have_enough_of_it() {
    for command in [&["openapi"][..], &["settings", "--schema"]] {
        let mut process = vitrine(command);
        let process = process.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = process.spawn().unwrap();
        process.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
        let told = process.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&told.stderr);
        assert!(told.status.success() && err.is_empty(), "{command:?}: {err}");
    }
}

#[test]
fn a_backup_brings_the_catalog_and_the_secret_to_another_place() {
    let (data, other) = (tempdir().unwrap(), tempdir().unwrap());
    let (shop, elsewhere) = (data.path().join("shop"), other.path().join("shop"));
    let good = |folder: &Path, arguments: &[&str]| {
        let told = in_folder(folder, arguments);
        assert_eq!(told.code, Some(0), "{arguments:?}: {told:?}");
        told.out
    };
    let refused = |folder: &Path, arguments: &[&str], why: &str| {
        let told = in_folder(folder, arguments);
        assert!(told.code == Some(2) && told.err.contains(why), "{arguments:?}: {told:?}");
    };
    let kept = data.path().join("kept");
    refused(&shop, &["backup", text(&kept)], "there is no catalog");
    good(&shop, &["import", text(&feed(&data, &products(3)))]);
    good(&shop, &["token", "--role", "shopper", "--merchant", "demo"]);
    let before = good(&shop, &["export"]);
    let secret = std::fs::read(shop.join("secret")).unwrap();

    good(&shop, &["backup", text(&kept)]);
    refused(&shop, &["backup", text(&kept)], "is there already");
    good(&shop, &["import", text(&feed(&data, &products(5)))]);
    let after = good(&shop, &["export"]);
    assert_ne!(before, after);

    good(&elsewhere, &["restore", text(&kept)]);
    assert_eq!(good(&elsewhere, &["export"]), before);
    assert_eq!(std::fs::read(elsewhere.join("secret")).unwrap(), secret);

    refused(&shop, &["restore", text(&kept)], "--replace");
    let lock = std::fs::File::open(shop.join("index/lock")).unwrap();
    lock.try_lock().unwrap();
    refused(&shop, &["restore", text(&kept), "--replace"], "a service has");
    drop(lock);
    good(&shop, &["restore", text(&kept), "--replace"]);
    assert_eq!(good(&shop, &["export"]), before);
    assert!(!shop.join("index").exists(), "it is built anew");
    let aside = other.path().join("aside");
    std::fs::create_dir(&aside).unwrap();
    std::fs::rename(shop.join("catalog.sqlite.replaced"), aside.join("catalog.sqlite")).unwrap();
    assert_eq!(good(&aside, &["export"]), after, "what was replaced is kept");

    let mut bytes = std::fs::read(kept.join("catalog.sqlite")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(7);
    std::fs::write(kept.join("catalog.sqlite"), bytes).unwrap();
    let told = in_folder(&shop, &["restore", text(&kept), "--replace"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert_eq!(good(&shop, &["export"]), before, "what is damaged replaces nothing");
}

#[test]
fn a_variable_names_the_file_that_has_a_setting() {
    let data = tempdir().unwrap();
    let (folder, file) = (data.path().join("shop"), data.path().join("folder"));
    std::fs::write(&file, format!("{}\n", text(&folder))).unwrap();
    let token = ["token", "--role", "shopper", "--merchant", "demo"];
    let told = run(vitrine(&token).env("VITRINE_DATA__FOLDER_FILE", &file));
    assert!(told.code == Some(0) && folder.join("secret").is_file(), "{told:?}");
    std::fs::remove_file(&file).unwrap();
    let told = run(vitrine(&token).env("VITRINE_DATA__FOLDER_FILE", &file));
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.contains("`data.folder` is to be read from"), "{}", told.err);
}

#[test]
fn the_doctor_passes_what_works() {
    let data = tempdir().unwrap();
    let told = in_folder(data.path(), &["doctor", "--set", "server.listen=127.0.0.1:0"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(!told.out.contains("bad "), "{}", told.out);
    for check in [
        "settings",
        "data",
        "disk",
        "secret",
        "catalog",
        "vision",
        "moderation",
        "embedder",
        "index",
    ] {
        assert!(told.out.contains(check), "{check} is missing in {}", told.out);
    }
    assert!(told.out.contains("garments in the drawn photo"), "{}", told.out);
}

#[test]
fn the_doctor_says_what_to_do_about_what_does_not() {
    let data = tempdir().unwrap();
    let missing = data.path().join("no-model");
    let model = format!("models.vision={}", text(&missing));
    let told =
        in_folder(data.path(), &["doctor", "--set", &model, "--set", "server.listen=127.0.0.1:0"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    let message = format!("{} has no config.json; set a folder with a whole model", text(&missing));
    assert!(told.out.contains(&message), "{}", told.out);

    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    let told = in_folder(&file.join("data"), &["doctor", "--set", "server.listen=127.0.0.1:0"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.out.contains("can not be written to"), "{}", told.out);
    assert!(told.out.contains("set data.folder to one that can"), "{}", told.out);
}

#[test]
fn an_evaluation_gives_figures_and_draws_the_confusion() {
    let folder = tempdir().unwrap();
    let (drawing, seen) = (folder.path().join("confusion.svg"), folder.path().join("seen.csv"));
    let told = run(&mut vitrine(&[
        "eval",
        "photos",
        "demo/drawn/drawn.csv",
        "--limit",
        "5",
        "--json",
        "--seen",
        text(&seen),
        "--confusion",
        text(&drawing),
    ]));
    assert_eq!(told.code, Some(0), "{told:?}");
    let figures = told.json();
    assert_eq!(figures["photos"], 5);
    let seen = std::fs::read_to_string(&seen).unwrap();
    let mut rows = seen.lines();
    assert!(rows.next().unwrap().starts_with("image,label,main,category,confidence"));
    assert!(rows.filter(|row| row.contains(",true,")).count() <= 5, "one a photo: {seen}");
    assert!(figures["boxes"]["kinds"]["share"].is_f64(), "{figures:#}");
    assert!(std::fs::read_to_string(&drawing).unwrap().contains("<svg"));
}

#[test]
fn an_evaluation_tells_the_line_of_a_bad_label() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("photos.csv");
    std::fs::write(&file, "image,label\na.jpg,dress\nb.jpg,toga\n").unwrap();
    let told = run(&mut vitrine(&["eval", "photos", text(&file)]));
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.contains("line 3") && told.err.contains("toga"), "{}", told.err);
}

/// A demo that runs; killed when dropped.
struct Demo {
    serving: Serving,
    address: String,
    token: String,
    photo: PathBuf,
    told: String,
}

impl Demo {
    /// Starts it and waits until it says how to ask it.
    fn start(data: &Path) -> Self {
        let serving = Serving::begin("demo", data, &[]);
        let said = std::fs::read_to_string(data.join("out")).unwrap();
        let told = std::fs::read_to_string(data.join("err")).unwrap();
        assert!(said.contains("Ctrl-C ends the service"), "{said}{told}");
        let address = between(&said, "http://", "/");
        assert_eq!(serving.url, format!("http://{address}"));
        let url = format!("{}/v1/looks", serving.url);
        assert!(said.contains("curl -s -H 'Authorization: ") && said.contains(&url), "{said}");
        for page in ["/ ", "/merchant ", "/agent "] {
            let address = url.replace("/v1/looks", page);
            assert!(said.contains(&address), "{said}");
        }
        let token = between(&said, "Bearer ", "'");
        let photo = root().join(between(&said, "photo=@", " "));
        Self { serving, address, token, photo, told }
    }
}

fn between(text: &str, start: &str, end: &str) -> String {
    let rest = text.split_once(start).unwrap().1;
    rest.split(end).next().unwrap().trim_end_matches(['.', '/']).to_owned()
}

#[tokio::test]
async fn the_demo_answers_stops_when_asked_and_is_quick_to_start_again() {
    let data = tempdir().unwrap();
    let demo = Demo::start(data.path());

    let photo = std::fs::read(&demo.photo).unwrap();
    let form = reqwest::multipart::Form::new()
        .part("photo", reqwest::multipart::Part::bytes(photo).file_name("outfit.jpg"));
    let response = reqwest::Client::new()
        .post(format!("http://{}/v1/looks", demo.address))
        .bearer_auth(&demo.token)
        .multipart(form)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let answered: Value = response.json().await.unwrap();

    let told = in_folder(data.path(), &["look", OUTFIT, "--limit", "5", "--json"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    let look = told.json();
    assert_eq!(look["cached"], true, "the service did not answer it");
    assert_eq!(look["garments"][0]["matches"], answered["garments"][0]["matches"]);

    let other = tempdir().unwrap();
    let told = in_folder(other.path(), &["demo", "--listen", &demo.address]);
    assert_eq!(told.code, Some(2), "{told:?}");
    let message = format!("cannot listen on {}", demo.address);
    assert!(told.err.contains(&message) && told.err.contains("--listen"), "{}", told.err);

    let told = in_folder(data.path(), &["demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(told.code, Some(2), "two services held one data folder: {told:?}");

    let health = |arguments: &[&str]| {
        let mut command = vitrine(&["health"]);
        command.args(["--set", &format!("server.listen={}", demo.address)]);
        run(command.args(arguments))
    };
    for arguments in [&[][..], &["--ready"]] {
        let told = health(arguments);
        assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{arguments:?}");
    }

    demo.serving.stop();
    assert!(!data.path().join("address").exists());
    let told = health(&[]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.err.contains("does not answer") && told.err.contains("doctor"), "{}", told.err);

    let started = Instant::now();
    let again = Demo::start(data.path());
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    assert!(again.told.contains("0 products new or changed, 166 as they were"), "{}", again.told);
    assert!(again.told.contains("0 products indexed"), "{}", again.told);

    let lines = vec![products(1)[0].replace("blazer-brown-01", "blazer-brown-02")];
    let told = in_folder(data.path(), &["import", text(&feed(&data, &lines))]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(told.out.contains("the running service brings its index up"), "{}", told.out);
}

#[test]
fn a_look_finds_its_own_way_after_the_service_was_killed() {
    let data = tempdir().unwrap();
    let demo = Demo::start(data.path());
    demo.serving.kill();
    assert!(data.path().join("address").is_file());
    let told = in_folder(data.path(), &["look", OUTFIT, "--json"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(length(&told.json()["garments"][0]["matches"]) > 0, "{}", told.out);
}
