//! Signature Version 4, by which Amazon knows who asks.
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>.

use rekindle_core::time::format_instant;
use sha2::{Digest, Sha256};
use worker::Url;

use super::settings::Access;
use crate::auth::hmac;

/// The headers that a request to Amazon SES needs: `access.key` is the key's id and the secret, with a
/// colon between them; `access.extra` the region.
pub(super) fn headers(
    access: &Access,
    path: &str,
    body: &str,
    now: i64,
) -> Vec<(&'static str, String)> {
    let instant = amz_date(now);
    let host = host(&access.url).unwrap_or_default();
    let signing = Signing {
        request: ["POST\n", path].concat(),
        headers: &[
            ("content-type", "application/json"),
            ("host", &host),
            ("x-amz-date", &instant),
        ],
        body,
        instant: &instant,
        region: &access.extra,
        service: "ses",
    };
    let (key_id, secret) = access.key.split_once(':').unwrap_or_default();
    vec![
        ("authorization", signing.authorization(key_id, secret)),
        ("x-amz-date", instant.clone()),
    ]
}

/// The host as a client sends it: with the port unless it is the scheme's own.
fn host(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let mut host = url.host_str()?.to_owned();
    if let Some(port) = url.port() {
        host.push(':');
        host.push_str(&port.to_string());
    }
    Some(host)
}

/// `20150830T123600Z`.
fn amz_date(ms: i64) -> String {
    let written = format_instant(ms.div_euclid(1_000) * 1_000);
    let seconds = written.split(['.', 'Z']).next().unwrap_or_default();
    let digits = seconds.chars().filter(|char| !"-:".contains(*char));
    digits.chain(['Z']).collect()
}

/// What is signed.
struct Signing<'a> {
    /// The method and the path, a line each.
    request: String,
    /// Lower-case names, in order.
    headers: &'a [(&'a str, &'a str)],
    body: &'a str,
    instant: &'a str,
    region: &'a str,
    service: &'a str,
}

impl Signing<'_> {
    fn authorization(&self, key_id: &str, secret: &str) -> String {
        const END: &str = "aws4_request";
        let day = self.instant.get(..8).unwrap_or_default();
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let mut request = [self.request.as_str(), "\n\n"].concat();
        for (name, value) in self.headers {
            request.extend([name, ":", value, "\n"]);
        }
        request.extend(["\n", &names, "\n", &hex(&Sha256::digest(self.body))]);
        let scope = [day, self.region, self.service, END].join("/");
        let digest = hex(&Sha256::digest(request));
        let signed = ["AWS4-HMAC-SHA256", self.instant, &scope, &digest].join("\n");
        let start = ["AWS4", secret].concat().into_bytes();
        let key = [day, self.region, self.service, END, &signed]
            .iter()
            .fold(start, |key, part| hmac(&key, part.as_bytes()));
        [
            "AWS4-HMAC-SHA256 Credential=",
            key_id,
            "/",
            &scope,
            ", SignedHeaders=",
            &names,
            ", Signature=",
            &hex(&key),
        ]
        .concat()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_the_published_example() {
        // `get-vanilla` of the AWS Signature Version 4 test suite.
        let authorization = Signing {
            request: "GET\n/".to_owned(),
            headers: &[
                ("host", "example.amazonaws.com"),
                ("x-amz-date", "20150830T123600Z"),
            ],
            body: "",
            instant: &amz_date(1_440_938_160_999),
            region: "us-east-1",
            service: "service",
        }
        .authorization("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        assert_eq!(
            authorization,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=host;x-amz-date, \
             Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        );
    }

    #[test]
    fn a_host_has_its_port_where_it_is_not_the_usual_one() {
        for (url, expected) in [
            (
                "https://email.eu-west-1.amazonaws.com",
                "email.eu-west-1.amazonaws.com",
            ),
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ] {
            assert_eq!(host(url).as_deref(), Some(expected));
        }
    }
}
