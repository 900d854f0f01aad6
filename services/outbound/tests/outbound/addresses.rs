//! Whom Vitrine does not speak to, whatever they call themselves.

use std::sync::Arc;

use vitrine_core::testing::Page;
use vitrine_outbound::{Outbound, OutboundSettings};

use crate::world::{self, Names, Server, Step, always, answer, error, names, outbound, settings};

/// Addresses that say by themselves that they lead inside. `PORT` is that of a server that listens
/// on this machine and must never hear from us.
const HOSTILE: &[&str] = &[
    // this machine
    "http://127.0.0.1:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://127.255.255.254/",
    "http://2130706433:PORT/",
    "http://0x7f000001:PORT/",
    "http://0x7F.0x0.0x0.0x1:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://017700000001:PORT/",
    "http://00000177.0.0.1:PORT/",
    "http://0x7f.1:PORT/",
    "http://１２７.0.0.1:PORT/",
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://127。0。0。1:PORT/",
    "http://127%2e0%2e0%2e1:PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http:\\\\127.0.0.1:PORT\\",
    "http:127.0.0.1:PORT",
    "http://0.0.0.0:PORT/",
    "http://0:PORT/",
    "http://0x0:PORT/",
    "http://0.1.2.3/",
    "http://[::1]:PORT/",
    "http://[0:0:0:0:0:0:0:1]:PORT/",
    "http://[::]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[::ffff:0:127.0.0.1]:PORT/",
    "http://[64:ff9b::127.0.0.1]:PORT/",
    "http://[64:ff9b:1::127.0.0.1]:PORT/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[2001:0:7f00:1::]:PORT/",
    "http://[2001:0:808:808:0:0:80ff:fffe]/",
    "http://[2a00::5efe:127.0.0.1]:PORT/",
    "http://[2a00::200:5efe:10.0.0.1]/",
    "http://localhost:PORT/",
    "http://LOCALHOST:PORT/",
    "http://localhost.:PORT/",
    "http://localhost..:PORT/",
    "http://ｌｏｃａｌｈｏｓｔ:PORT/",
    "http://ⓛocalhost:PORT/",
    "http://local%68ost:PORT/",
    "http://shop.localhost:PORT/",
    "http://localhost.localdomain:PORT/",
    // what is near
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "https://192.168.1.1:8443/",
    "http://3232235777/",
    "http://[::ffff:192.168.1.1]/",
    "http://[64:ff9b::192.168.1.1]/",
    "http://100.64.0.1/",
    "http://100.127.255.255/",
    "http://169.254.1.1/",
    "http://[fe80::1]/",
    "http://[febf::1]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[fdff:ffff::1]/",
    "http://intranet/",
    "http://kubernetes/",
    "http://printer.local/",
    "http://router.home.arpa/",
    "http://db.internal/",
    "http://db.INTERNAL./",
    "http://api.default.svc.cluster.local/",
    // where clouds tell secrets
    "http://169.254.169.254/latest/meta-data/",
    "http://0xA9FEA9FE/",
    "http://2852039166/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[fd00:ec2::254]/",
    "http://[fd20:ce::254]/",
    "http://169.254.170.2/v2/credentials",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://metadata.google.internal/",
    "http://metadata/",
    "http://metadata.goog/",
    "http://instance-data/",
    // nobody's
    "http://192.0.0.1/",
    "http://192.0.2.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://198.19.255.255/",
    "http://224.0.0.1/",
    "http://239.255.255.255/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[2001:2::1]/",
    "http://[3fff::1]/",
    "http://[100::1]/",
    "http://[4000::1]/",
    "http://[5f00::1]/",
];

/// Addresses that are refused for how they are written, with the code.
const MALFORMED: &[(&str, &str)] = &[
    ("file:///etc/passwd", "address_not_http"),
    ("ftp://shop.test/", "address_not_http"),
    ("gopher://127.0.0.1:PORT/_GET", "address_not_http"),
    ("http://127.0.0.1.1:PORT/", "address_not_http"),
    ("http://[::1%25lo]:PORT/", "address_not_http"),
    ("http://256.0.0.1:PORT/", "address_not_http"),
    ("http://me@shop.test:PORT/", "address_has_credentials"),
    ("http://me:hush@shop.test:PORT/", "address_has_credentials"),
    ("http://8.8.8.8@127.0.0.1:PORT/", "address_has_credentials"),
    ("http://shop.test:6379/", "address_port_forbidden"),
    ("http://shop.test:22/", "address_port_forbidden"),
];

/// A server that must stay unheard of.
async fn trap() -> Server {
    Server::start(always(vec![answer(&Page::of("text/plain", "a secret"))])).await
}

#[tokio::test]
async fn no_hostile_address_is_spoken_to() {
    let trap = trap().await;
    let names = names();
    let outbound = Outbound::with_lookup(&settings(), names.clone()).unwrap();
    for address in HOSTILE {
        let address = address.replace("PORT", &trap.port.to_string());
        let error = error(&outbound, &address).await;
        assert_eq!(error.code(), "address_forbidden", "{address}: {error}");
        assert!(error.to_string().contains("outbound.allow_hosts"), "{error}");
    }
    for (address, code) in MALFORMED {
        let address = address.replace("PORT", &trap.port.to_string());
        assert_eq!(error(&outbound, &address).await.code(), *code, "{address}");
    }
    assert_eq!(trap.connections(), 0);
    assert_eq!(names.asked(), [""; 0], "no name was looked up");
}

#[tokio::test]
async fn no_name_that_leads_inside_is_spoken_to() {
    let trap = trap().await;
    let names = Arc::new(Names::default());
    let outbound = Outbound::with_lookup(&settings(), names.clone()).unwrap();
    let inside = [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.20.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "fe80::1",
        "fd00:ec2::254",
        "2002:a00:1::",
    ];
    for (number, ip) in inside.iter().enumerate() {
        let name = format!("n{number}.evil.example");
        names.put(&name, &[ip]);
        let error = error(&outbound, &format!("http://{name}:{}/", trap.port)).await;
        assert_eq!(error.code(), "address_forbidden", "{ip}: {error}");
        assert!(!error.to_string().contains(ip), "where it leads is not told: {error}");
    }
    names.put("all.evil.example", &inside);
    assert_eq!(error(&outbound, "http://all.evil.example/").await.code(), "address_forbidden");
    assert_eq!(names.asked().len(), inside.len() + 1, "what is forbidden is not tried again");
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_name_that_changes_its_answer_gains_nothing() {
    // 127.0.0.2 stands in for the public internet.
    let Ok(open) = Server::start_at("127.0.0.2:0", |asked| {
        let page = match asked.target.as_str() {
            "/moved" => Page::moved("/feed"),
            _ => Page::of("text/plain", "a feed"),
        };
        vec![answer(&page)]
    })
    .await
    else {
        println!("skipped: this machine has no address 127.0.0.2");
        return;
    };
    let at = format!("127.0.0.1:{}", open.port);
    let page = answer(&Page::of("text/plain", "a secret"));
    let Ok(trap) = Server::start_at(&at, always(vec![page])).await else {
        println!("skipped: the port is taken at 127.0.0.1");
        return;
    };
    let settings = OutboundSettings {
        allow_networks: vec!["127.0.0.2".into()],
        ..OutboundSettings::default()
    };
    let rebinding = || {
        let names = Names::default();
        names.put("evil.example", &["127.0.0.2"]);
        names.put("evil.example", &["127.0.0.1"]);
        Arc::new(names)
    };
    let address = |path| format!("http://evil.example:{}{path}", open.port);

    let names = rebinding();
    let outbound = Outbound::with_lookup(&settings, names.clone()).unwrap();
    let response = world::response(&outbound, &address("/feed")).await;
    assert_eq!(response.bytes().await.unwrap(), "a feed");
    assert_eq!(names.asked().len(), 1, "it is connected to what was checked");
    assert_eq!(error(&outbound, &address("/feed")).await.code(), "address_forbidden");

    let outbound = Outbound::with_lookup(&settings, rebinding()).unwrap();
    assert_eq!(error(&outbound, &address("/moved")).await.code(), "address_forbidden");
    assert_eq!((open.connections(), trap.connections()), (2, 0));
}

#[tokio::test]
async fn a_redirect_leads_nowhere_that_an_address_could_not() {
    let trap = trap().await;
    let port = trap.port.to_string();
    for address in HOSTILE {
        let location = address.replace("PORT", &port).replace('\\', "/");
        let Ok(location) = vitrine_core::address::WebAddress::parse(&location) else { continue };
        let page = Page::moved(location.as_str());
        let server = Server::start(always(vec![answer(&page)])).await;
        let error = error(&outbound(&settings()), &server.address("/")).await;
        assert_eq!(error.code(), "address_forbidden", "{location}: {error}");
        assert_eq!(server.connections(), 1);
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_a_password_or_another_scheme_is_not_followed() {
    for (location, code) in MALFORMED {
        let page = Page::moved(&location.replace("PORT", "9999"));
        let server = Server::start(always(vec![answer(&page)])).await;
        let error = error(&outbound(&settings()), &server.address("/")).await;
        assert_eq!(error.code(), *code, "{location}: {error}");
        assert!(!error.to_string().contains("hush"));
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn a_proxy_that_is_set_gets_all_and_opens_nothing() {
    let proxy = Server::start(always(vec![answer(&Page::of("text/plain", "by proxy"))])).await;
    let names = names();
    names.put("proxy.internal", &["127.0.0.1"]);
    names.put("public.example", &["8.8.8.8"]);
    names.put("evil.example", &["10.0.0.1"]);
    let settings = OutboundSettings {
        proxy: Some(format!("http://proxy.internal:{}", proxy.port)),
        ..OutboundSettings::default()
    };
    let outbound = Outbound::with_lookup(&settings, names).unwrap();
    for address in ["http://public.example/feed", "http://unknown.example/feed"] {
        let response = world::response(&outbound, address).await;
        assert_eq!(response.bytes().await.unwrap(), "by proxy", "{address}");
    }
    let targets: Vec<_> = proxy.asked().into_iter().map(|asked| asked.target).collect();
    assert_eq!(targets, ["http://public.example/feed", "http://unknown.example/feed"]);
    for address in
        ["http://evil.example/", "http://10.0.0.1/", "http://localhost/", "http://proxy.internal/"]
    {
        assert_eq!(error(&outbound, address).await.code(), "address_forbidden", "{address}");
    }
    assert_eq!(proxy.connections(), 2);
}

#[tokio::test]
async fn a_listed_network_is_spoken_to() {
    let server = Server::start(always(vec![
        Step::Wait(std::time::Duration::from_millis(1)),
        answer(&Page::of("text/plain", "a feed")),
    ]))
    .await;
    let allow_networks = vec!["127.0.0.0/8".into()];
    let settings = OutboundSettings { allow_networks, ..OutboundSettings::default() };
    let outbound = Outbound::new(&settings).unwrap();
    let address = format!("http://127.0.0.1:{}/", server.port);
    assert_eq!(world::response(&outbound, &address).await.bytes().await.unwrap(), "a feed");
    let by_name = format!("http://localhost:{}/", server.port);
    assert_eq!(error(&outbound, &by_name).await.code(), "address_forbidden");
}
