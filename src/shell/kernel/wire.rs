//! The messages of a kernel: what is sent, and what is heard, reduced to what a transcript needs.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};

use jupyter_protocol::{
    ConnectionInfo, ExecuteRequest, InterruptRequest, JupyterMessage, KernelInfoRequest,
    ShutdownRequest, Transport,
};
use jupyter_zmq_client::{
    ClientIoPubConnection, Connection, DealerRecvConnection, DealerSendConnection, RawMessage,
    RuntimeError, create_client_control_connection, create_client_iopub_connection,
    create_client_shell_connection_with_identity, peek_ports_with_listeners,
    peer_identity_for_session,
};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zeromq::SocketRecv;

use super::message;
use crate::transcript::Stream;

/// Something that a kernel said.
#[derive(Debug)]
pub struct Heard {
    /// The request that it answers.
    pub request: String,
    pub said: Said,
}

/// What a kernel said.
#[derive(Debug, Clone)]
pub enum Said {
    /// The number of the cell in `In [ ]`.
    Count(usize),
    /// Output, and the bytes of it that were left out.
    Output(Stream, String, u64),
    Result(String),
    Error {
        name: String,
        message: String,
        traceback: Vec<String>,
        /// Bytes of it that were left out.
        dropped: u64,
    },
    Idle,
    /// The answer to a request, with the expressions that were asked for.
    Reply {
        values: HashMap<String, String>,
        /// What ended the cell; of its own messages an error is only one that was shown.
        error: Option<Ending>,
    },
    /// Anything else on the channel for output, which shows that the channel is open.
    Alive,
}

/// The exception that ended a cell, as the reply names it. The traceback of a reply is left out: it
/// is the last that was formatted, be it that of another cell.
///
/// Source: `ipykernel.ipkernel.IPythonKernel.do_execute` sends the shell's `_last_traceback`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ending {
    pub name: String,
    pub message: String,
}

/// Ports that are held until a kernel takes them.
#[derive(Debug)]
pub struct Ports {
    pub info: ConnectionInfo,
    /// Ports are free as soon as this is dropped.
    pub held: Vec<TcpListener>,
}

impl Ports {
    /// Finds free ports and makes up a key.
    pub async fn find() -> Result<Self, RuntimeError> {
        let local = Ipv4Addr::LOCALHOST;
        let (ports, held) = peek_ports_with_listeners(IpAddr::V4(local), 5).await?;
        let port = |at: usize| ports.get(at).copied().unwrap_or_default();
        let info = ConnectionInfo {
            ip: local.to_string(),
            transport: Transport::TCP,
            shell_port: port(0),
            iopub_port: port(1),
            stdin_port: port(2),
            control_port: port(3),
            hb_port: port(4),
            key: random(),
            signature_scheme: "hmac-sha256".to_owned(),
            kernel_name: None,
        };
        Ok(Self { info, held })
    }

    /// The text of the connection file. No value needs an escape.
    pub fn file(&self) -> String {
        let ConnectionInfo { ip, key, signature_scheme, .. } = &self.info;
        let ConnectionInfo { shell_port, iopub_port, stdin_port, control_port, hb_port, .. } =
            &self.info;
        format!(
            r#"{{"ip":"{ip}","transport":"tcp","signature_scheme":"{signature_scheme}","key":"{key}","shell_port":{shell_port},"iopub_port":{iopub_port},"stdin_port":{stdin_port},"control_port":{control_port},"hb_port":{hb_port}}}"#
        )
    }
}

/// A random name: the identifier of a new message is a random UUID.
pub fn random() -> String {
    JupyterMessage::from(KernelInfoRequest {}).header.msg_id
}

/// The open channels of a kernel.
pub struct Wire {
    shell: DealerSendConnection,
    control: DealerSendConnection,
    heard: UnboundedReceiver<Heard>,
}

impl Wire {
    /// Connects; waits for ever where nobody listens.
    pub async fn connect(info: &ConnectionInfo) -> Result<Self, RuntimeError> {
        let session = random();
        let identity = peer_identity_for_session(&session)?;
        let (iopub, shell, control) = tokio::try_join!(
            create_client_iopub_connection(info, "", &session),
            create_client_shell_connection_with_identity(info, &session, identity),
            create_client_control_connection(info, &session),
        )?;
        let (shell, replies) = shell.split();
        let (control, acknowledgements) = control.split();
        let (sender, heard) = unbounded_channel();
        tokio::spawn(read_replies(replies, sender.clone()));
        tokio::spawn(read_output(iopub, sender));
        tokio::spawn(discard(acknowledgements));
        Ok(Self { shell, control, heard })
    }

    /// What is said next. `None` when the channels are closed.
    pub async fn next(&mut self) -> Option<Heard> {
        self.heard.recv().await
    }

    /// What has been said already.
    pub fn waiting(&mut self) -> Option<Heard> {
        self.heard.try_recv().ok()
    }

    /// Runs code as a cell. Gives the request's identifier.
    pub async fn execute(&mut self, code: &str) -> String {
        self.request(code, false, &[]).await
    }

    /// Runs code that leaves no trace and evaluates expressions, each under its name.
    pub async fn ask(&mut self, code: &str, values: &[(&str, &str)]) -> String {
        self.request(code, true, values).await
    }

    async fn request(&mut self, code: &str, silent: bool, values: &[(&str, &str)]) -> String {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let request = ExecuteRequest {
            code: code.to_owned(),
            silent,
            store_history: !silent,
            user_expressions: Some(values.iter().map(pair).collect()),
            allow_stdin: false,
            stop_on_error: false,
        };
        send(&mut self.shell, request.into()).await.0
    }

    /// Asks who the kernel is, which any kernel answers and which wakes a sleeping loop.
    pub async fn greet(&mut self) {
        send(&mut self.shell, KernelInfoRequest {}.into()).await;
    }

    pub async fn interrupt(&mut self) {
        send(&mut self.control, InterruptRequest {}.into()).await;
    }

    /// Asks the kernel to end; `false` where nobody is there to hear it.
    pub async fn shut_down(&mut self) -> bool {
        send(&mut self.control, ShutdownRequest { restart: false }.into()).await.1
    }
}

/// Gives the identifier of the message, and whether it went out. A kernel that has closed a channel
/// takes nothing more, which is no more than silence: that it has gone, or listens no longer, is
/// seen by those who wait for an answer.
///
/// Source: `zeromq::ZmqError::ReturnToSender`, "not connected to peers".
async fn send(channel: &mut DealerSendConnection, message: JupyterMessage) -> (String, bool) {
    let id = message.header.msg_id.clone();
    let went_out = channel.send(message).await.is_ok();
    (id, went_out)
}

async fn read_replies(mut from: DealerRecvConnection, to: UnboundedSender<Heard>) {
    while let Some(message) = next(&mut from).await {
        let heard = message.and_then(|message| message::reply(&message));
        if heard.is_some_and(|heard| to.send(heard).is_err()) {
            return;
        }
    }
}

async fn discard(mut from: DealerRecvConnection) {
    while next(&mut from).await.is_some() {}
}

async fn read_output(mut from: ClientIoPubConnection, to: UnboundedSender<Heard>) {
    let mut rooms = HashMap::new();
    while let Some(message) = next(&mut from).await {
        let heard = message.and_then(|message| message::output(&message, &mut rooms));
        if heard.is_some_and(|heard| to.send(heard).is_err()) {
            return;
        }
    }
}

/// The next message of a channel. One that makes no sense, or is signed with another key, is `None`
/// within, and does not close the channel.
async fn next<S: SocketRecv>(from: &mut Connection<S>) -> Option<Option<RawMessage>> {
    let parts = from.socket.recv().await.ok()?;
    Some(RawMessage::from_multipart(parts, &from.mac).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_names_differ() {
        assert_ne!(random(), random());
    }
}
