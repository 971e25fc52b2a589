//! Where a push may be sent. An endpoint comes from a browser, that is from anyone: it must not
//! lead to what only this server can reach. It is no list of push services: there are many.

use worker::{Url, url::Host};

/// Names that mean something else inside a network than outside of it.
const INSIDE: [&str; 7] = [
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "in-addr.arpa",
];

/// The address of an endpoint; `None` when nothing may be sent there.
pub(super) fn address(endpoint: &str) -> Option<Url> {
    let url = Url::parse(endpoint).ok()?;
    let local = cfg!(feature = "dev") && is_this_machine(&url);
    (is_public(&url) || local).then_some(url)
}

/// `https` on its own port, to a name of the public DNS.
fn is_public(url: &Url) -> bool {
    let plain = url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let public = match url.host() {
        Some(Host::Domain(name)) => is_public_name(name.trim_end_matches('.')),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => false,
    };
    plain && public
}

fn is_public_name(name: &str) -> bool {
    let inside = |end: &&str| {
        name.strip_suffix(end)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    name.contains('.') && !INSIDE.iter().any(inside)
}

/// In development a push service may be a program on the same machine.
fn is_this_machine(url: &Url) -> bool {
    url.scheme() == "http" && url.host_str() == Some("127.0.0.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(endpoint: &str, expected: bool) {
        assert_eq!(
            Url::parse(endpoint).is_ok_and(|url| is_public(&url)),
            expected,
            "{endpoint}"
        );
    }

    #[test]
    fn the_push_services_of_browsers_are_public() {
        check("https://fcm.googleapis.com/fcm/send/abc:def", true);
        check(
            "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
            true,
        );
        check("https://web.push.apple.com/QGuQ", true);
        check("https://wns2-par02p.notify.windows.com/w/?token=abc", true);
        check("https://push.example.com:443/x", true);
        check("https://notlocal.example/x", true);
    }

    #[test]
    fn what_leads_inside_is_refused() {
        for endpoint in [
            "http://push.example.com/x",
            "ftp://push.example.com/x",
            "https://push.example.com:8443/x",
            "https://user@push.example.com/x",
            "https://:secret@push.example.com/x",
            "https://127.0.0.1/x",
            "https://2130706433/x",
            "https://0x7f.1/x",
            "https://017700000001/x",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/x",
            "https://[::ffff:127.0.0.1]/x",
            "https://localhost/x",
            "https://LOCALHOST./x",
            "https://app.localhost/x",
            "https://printer.local/x",
            "https://printer.local./x",
            "https://metadata.google.internal/x",
            "https://router.lan/x",
            "https://box.home.arpa/x",
            "https://intranet/x",
            "https://",
            "push.example.com",
            "",
        ] {
            check(endpoint, false);
        }
    }

    #[test]
    fn this_machine_is_told_by_its_address_alone() {
        let is = |endpoint| is_this_machine(&Url::parse(endpoint).unwrap());
        assert!(is("http://127.0.0.1:9999/push"));
        assert!(!is("http://127.0.0.1.example.com/push"));
        assert!(!is("http://127.0.0.1@example.com/push"));
        assert!(!is("http://127.0.0.2/push"));
    }
}
