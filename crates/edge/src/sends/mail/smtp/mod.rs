//! SMTP submission (RFC 5321, 6409) over the platform's TCP sockets: one connection for one mail.
//!
//! It pipelines nothing and keeps nothing open. There is no idempotency key: when the connection is
//! lost after the last dot, the server may have the mail, and it is sent again with the same
//! Message-ID. A password never travels without TLS.

mod reply;
mod socket;

use std::pin::pin;

use base64::{Engine, engine::general_purpose::STANDARD};

use self::{
    reply::{Auth, Extensions, Reply, stuffed},
    socket::{Broken, Socket},
};
use super::message::Mail;
use crate::sends::{Outcome, Trouble, http::within};

pub(super) use self::socket::Tls;

// LIMIT: RFC 5321, section 4.5.3.2 allows minutes; a Worker does not. All of them together stay
// within what an attempt may take.
const COMMAND_MS_MAX: u64 = 8_000;
const ACCEPT_MS_MAX: u64 = 20_000;
const WHOLE_MS_MAX: u64 = 28_000;

/// A mail server. A secret: it has no `Debug`.
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    /// With `Start`, a server that does not offer it gets no mail; `Off` is for a relay that is
    /// reached through a tunnel.
    pub(super) tls: Tls,
    /// User and password.
    pub(super) login: Option<(String, String)>,
}

/// Why a mail did not go through.
enum Failure {
    /// The connection broke or took too long, at this point.
    Broken(&'static str),
    /// The server will not have it now, or never.
    Said(Reply),
    /// The server or the account is not as it has to be; a person must mend that.
    Setup(String),
    /// No server of this kind can take it.
    Never(&'static str),
}

/// Hands a message to the server.
pub(super) async fn send(server: &Server, mail: &Mail, message: &[u8]) -> Outcome {
    let mut dialogue = pin!(dialogue(server, mail, message));
    let sent = within(WHOLE_MS_MAX, dialogue.as_mut()).await;
    match sent.unwrap_or(Err(Failure::Broken("all of it"))) {
        Ok(()) => Outcome::Taken,
        Err(failure) => read(&server.host, failure),
    }
}

fn read(host: &str, failure: Failure) -> Outcome {
    let said = |words: [&str; 2]| [host, words[0], words[1]].concat();
    match failure {
        Failure::Broken(what) => {
            let reason = said([" broke off or took too long: ", what]);
            Outcome::later(Trouble::Outage, reason)
        }
        Failure::Setup(problem) => Outcome::later(Trouble::Account, said([": ", &problem])),
        Failure::Never(reason) => Outcome::Refused(said([": ", reason])),
        Failure::Said(reply) => {
            let reason = said([" answered ", &reply.words()]);
            match reply.code {
                // Who sends is not believed (RFC 4954, section 6): the mail is not to blame.
                530 | 534 | 535 | 538 => Outcome::later(Trouble::Account, reason),
                500.. => Outcome::Refused(reason),
                // Too much at once: RFC 5321, section 4.2.3; RFC 3463, X.4.5 and X.7.1.
                421 | 450..=452 => Outcome::later(Trouble::Limit, reason),
                _ => Outcome::later(Trouble::Outage, reason),
            }
        }
    }
}

async fn dialogue(server: &Server, mail: &Mail, message: &[u8]) -> Result<(), Failure> {
    let mut talk = Talk::begin(server).await?;
    let hello = ["EHLO ", mail.from.domain()].concat();
    talk.expect(220, COMMAND_MS_MAX, "the greeting")
        .await
        .map_err(setup)?;
    let mut extensions = talk.hello(&hello).await?;
    if server.tls == Tls::Start {
        if !extensions.start_tls {
            return Err(Failure::Setup("it offers no STARTTLS".to_owned()));
        }
        talk.ask("STARTTLS", 220).await.map_err(setup)?;
        talk.secure()?;
        extensions = talk.hello(&hello).await?;
    }
    if let Some((user, password)) = &server.login {
        let logged_in = talk.log_in(&extensions, user, password).await;
        logged_in.map_err(setup)?;
    }
    let international = !(mail.to.email.is_ascii() && mail.from.email.is_ascii());
    if international && !extensions.smtp_utf8 {
        let reason = "it takes no addresses with letters beyond ASCII (SMTPUTF8)";
        return Err(Failure::Never(reason));
    }
    let utf8 = if international { "> SMTPUTF8" } else { ">" };
    let [from, to] = [&mail.from.email, &mail.to.email];
    talk.ask(&["MAIL FROM:<", from, utf8].concat(), 250).await?;
    talk.ask(&["RCPT TO:<", to, ">"].concat(), 250).await?;
    talk.ask("DATA", 354).await?;
    talk.write(&stuffed(message)).await?;
    talk.expect(250, ACCEPT_MS_MAX, "the message").await?;
    // It has the mail: whether it says goodbye does not matter.
    talk.write(b"QUIT\r\n").await.ok();
    Ok(())
}

/// A refusal that has nothing to do with the mail.
fn setup(failure: Failure) -> Failure {
    if let Failure::Said(reply) = &failure
        && reply.code >= 500
    {
        return Failure::Setup(reply.words());
    }
    failure
}

/// A connection to a server, and what has arrived that was not read.
struct Talk {
    socket: Socket,
    arrived: Vec<u8>,
}

impl Talk {
    async fn begin(server: &Server) -> Result<Self, Failure> {
        let address = [&server.host, ":", &server.port.to_string()].concat();
        let socket = Socket::connect(&address, server.tls, COMMAND_MS_MAX).await;
        Ok(Self {
            socket: socket.map_err(|Broken| Failure::Broken("the connection"))?,
            arrived: Vec::new(),
        })
    }

    fn secure(&mut self) -> Result<(), Failure> {
        // What came before TLS could be anyone's (CVE-2011-0411): it must not be read after it.
        if !self.arrived.is_empty() {
            return Err(Failure::Setup("it spoke before TLS had begun".to_owned()));
        }
        let secured = self.socket.secure();
        secured.map_err(|Broken| Failure::Broken("TLS"))
    }

    async fn hello(&mut self, hello: &str) -> Result<Extensions, Failure> {
        let reply = self.ask(hello, 250).await.map_err(setup)?;
        Ok(Extensions::read(&reply))
    }

    /// RFC 4954.
    async fn log_in(
        &mut self,
        extensions: &Extensions,
        user: &str,
        password: &str,
    ) -> Result<(), Failure> {
        match extensions.auth {
            Some(Auth::Plain) => {
                let response = STANDARD.encode(["\0", user, "\0", password].concat());
                self.ask(&["AUTH PLAIN ", &response].concat(), 235).await?;
            }
            Some(Auth::Login) => {
                let (user, password) = (STANDARD.encode(user), STANDARD.encode(password));
                let lines = [
                    ("AUTH LOGIN", 334),
                    (user.as_str(), 334),
                    (password.as_str(), 235),
                ];
                for (line, code) in lines {
                    self.ask(line, code).await?;
                }
            }
            None => {
                let problem = "it offers neither AUTH PLAIN nor LOGIN".to_owned();
                return Err(Failure::Setup(problem));
            }
        }
        Ok(())
    }

    /// One command and the reply to it. Its values have been checked: there is no line end in it.
    async fn ask(&mut self, command: &str, code: u16) -> Result<Reply, Failure> {
        self.write([command, "\r\n"].concat().as_bytes()).await?;
        self.expect(code, COMMAND_MS_MAX, "a command").await
    }

    async fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.socket.write(bytes, COMMAND_MS_MAX).await;
        written.map_err(|Broken| Failure::Broken("a command"))
    }

    /// The next reply, if it has this code.
    async fn expect(
        &mut self,
        code: u16,
        within_ms: u64,
        what: &'static str,
    ) -> Result<Reply, Failure> {
        let reply = loop {
            if let Some(reply) = Reply::take(&mut self.arrived).map_err(Failure::Setup)? {
                break reply;
            }
            let read = self
                .socket
                .read(within_ms)
                .await
                .unwrap_or_else(|Broken| Vec::new());
            if read.is_empty() {
                return Err(Failure::Broken(what));
            }
            self.arrived.extend(read);
        };
        // A recipient may also be taken with 251: it will be passed on.
        if reply.code == code || (code, reply.code) == (250, 251) {
            Ok(reply)
        } else {
            Err(Failure::Said(reply))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_mail_servers() {
        let said = |code: u16| {
            let lines = vec!["words".to_owned()];
            read("mx", Failure::Said(Reply { code, lines }))
        };
        let reason = |code: u16| format!("mx answered {code} words");
        for (codes, trouble) in [
            (vec![421, 450, 451, 452], Trouble::Limit),
            (vec![454, 250], Trouble::Outage),
            (vec![530, 534, 535, 538], Trouble::Account),
        ] {
            for code in codes {
                let expected = Outcome::later(trouble, reason(code));
                assert_eq!(said(code), expected, "{code}");
            }
        }
        for code in [500, 550, 551, 552, 553, 554] {
            assert_eq!(said(code), Outcome::Refused(reason(code)), "{code}");
        }
    }
}
