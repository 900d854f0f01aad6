use super::*;

fn policy(hosts: &[&str], networks: &[&str]) -> Policy {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let (allow_hosts, allow_networks) = (owned(hosts), owned(networks));
    Policy::new(&OutboundSettings { allow_hosts, allow_networks, ..OutboundSettings::default() })
        .unwrap()
}

fn passes(policy: &Policy, address: &str) -> bool {
    policy.check_host(&WebAddress::parse(address).unwrap()).is_ok()
}

fn permitted(policy: &Policy, host: &str, ips: &[&str]) -> Result<Vec<IpAddr>, FetchError> {
    policy.permitted(host, ips.iter().map(|ip| ip.parse().unwrap()).collect())
}

#[test]
fn what_is_public_may_be_spoken_to() {
    let policy = policy(&[], &[]);
    for ip in [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450:4001:82a::200e",
        "2001:4860:4860::8888",
        "2001:200::1",
        "2003::1",
        "3ffe:ffff::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2a00::5efe:8.8.8.8",
    ] {
        assert!(permitted(&policy, "shop.example", &[ip]).is_ok(), "{ip}");
        let literal =
            if ip.contains(':') { format!("http://[{ip}]/") } else { format!("http://{ip}") };
        assert!(passes(&policy, &literal), "{literal}");
    }
    for name in [
        "https://shop.example/feed.xml",
        "https://cdn.shop.example:8443/a.jpg",
        "http://localhost.example/",
        "http://notlocal.example/",
        "http://mylocalhost.example/",
        "http://internal.example.",
        "http://127.0.0.1.shop.example/",
        "http://büro.example/",
    ] {
        assert!(passes(&policy, name), "{name}");
    }
}

#[test]
fn of_several_addresses_the_permitted_are_left() {
    let policy = policy(&[], &[]);
    let left = permitted(&policy, "shop.example", &["10.0.0.1", "8.8.8.8", "::1"]).unwrap();
    assert_eq!(left, ["8.8.8.8".parse::<IpAddr>().unwrap()]);
    let error = permitted(&policy, "shop.example", &["10.0.0.1", "192.168.0.1"]).unwrap_err();
    assert_eq!(error, FetchError::Forbidden { host: "shop.example".into(), why: PRIVATE });
    let error = permitted(&policy, "shop.example", &[]).unwrap_err();
    assert_eq!(error.code(), "address_unresolvable");
}

#[test]
fn a_listed_host_and_no_other_may_lead_inside() {
    let policy = policy(&["feeds.internal", "LOCALHOST.", "10.0.0.7", "[fd12::7]"], &[]);
    for address in [
        "http://feeds.internal/x",
        "http://FEEDS.internal.:8080/",
        "http://localhost/",
        "http://10.0.0.7/",
        "http://0x0a000007/",
        "http://[fd12::7]/",
    ] {
        assert!(passes(&policy, address), "{address}");
    }
    for address in [
        "http://other.internal/",
        "http://a.feeds.internal/",
        "http://127.0.0.1/",
        "http://10.0.0.8/",
        "http://[fd12::8]/",
    ] {
        assert!(!passes(&policy, address), "{address}");
    }
    assert!(permitted(&policy, "feeds.internal", &["10.9.9.9"]).is_ok());
    assert!(permitted(&policy, "shop.example", &["10.9.9.9"]).is_err());
    assert!(permitted(&policy, "shop.example", &["10.0.0.7"]).is_ok());
}

#[test]
fn a_listed_network_opens_its_addresses_and_no_names() {
    let policy = policy(&[], &["10.1.0.0/16", "127.0.0.0/8"]);
    assert!(passes(&policy, "http://10.1.2.3/") && passes(&policy, "http://127.9.9.9/"));
    assert!(passes(&policy, "http://[::ffff:10.1.2.3]/"));
    assert!(!passes(&policy, "http://10.2.0.0/") && !passes(&policy, "http://[::1]/"));
    assert!(permitted(&policy, "feeds.example", &["10.1.2.3"]).is_ok());
    assert!(!passes(&policy, "http://localhost/"), "a name must be listed by itself");
}

#[test]
fn the_metadata_of_a_cloud_opens_only_by_its_own_address() {
    let metadata = ["169.254.169.254", "100.100.100.200", "fd00:ec2::254"];
    let wide = policy(&["feeds.internal"], &["0.0.0.0/0", "::/0"]);
    for ip in metadata {
        let error = permitted(&wide, "feeds.internal", &[ip]).unwrap_err();
        assert!(error.to_string().contains("secrets"), "{error}");
    }
    let exact = policy(&[], &["169.254.169.254", "100.100.100.200/32", "fd00:ec2::254/128"]);
    for ip in metadata {
        assert!(permitted(&exact, "feeds.example", &[ip]).is_ok(), "{ip}");
    }
}

#[test]
fn what_can_not_be_listed_says_how_to_write_it() {
    for host in ["", "*.shop.example", "http://shop.example", "shop.example:80", "a b"] {
        let settings =
            OutboundSettings { allow_hosts: vec![host.into()], ..OutboundSettings::default() };
        let error = Policy::new(&settings).unwrap_err();
        assert_eq!(error, SettingsError::Host(host.into()));
    }
}
