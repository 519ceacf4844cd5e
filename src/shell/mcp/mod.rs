//! `nbasync mcp`: the program's commands as tools of an agent, and the skills as resources, by the
//! Model Context Protocol. What the tools say is what the commands print as JSON.

mod arguments;
mod calls;
#[cfg(feature = "kernel")]
mod prove;
mod skills;
mod tools;

use std::io;
use std::sync::Arc;

use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock,
    GetSkillRequestParams, GetSkillResult, Implementation, ListResourcesResult, ListSkillsResult,
    ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse,
    ReadResourceResult, ResourceContents, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, serve_server};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Map, Value};
use tokio::io::{AsyncRead, AsyncWrite};

use super::report::Voice;
use super::visible::{Charset, lines};
use crate::knowledge::Knowledge;
use crate::tutor::Reading;
use crate::wording::{self, Wording, mcp};

/// Serves one agent on standard input and output until it leaves.
///
/// # Errors
/// When the streams cannot be used.
pub fn serve(knowledge: Arc<Knowledge>, reading: Reading) -> io::Result<()> {
    let (input, output) = rmcp::transport::stdio();
    serve_on(knowledge, reading, input, output)
}

/// Serves one agent on these streams until it leaves: lines of JSON each way.
///
/// # Errors
/// When the streams cannot be used.
pub fn serve_on<R, W>(
    knowledge: Arc<Knowledge>,
    reading: Reading,
    input: R,
    output: W,
) -> io::Result<()>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    // One thread, this one: its stack is deep enough for any syntax tree.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let service = Service { knowledge, reading };
    runtime.block_on(async {
        match serve_server(service, (input, output)).await {
            Ok(running) => running.waiting().await.map(drop).map_err(io::Error::other),
            // An agent that leaves before it said anything is no error.
            Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => Ok(()),
            Err(error) => Err(io::Error::other(error)),
        }
    })?;
    // A read of standard input may still wait; the program ends all the same.
    runtime.shutdown_background();
    Ok(())
}

/// How long an agent may keep a list, in milliseconds: lists and skills are part of the program, and
/// a newer one may be installed meanwhile. An older revision of the protocol knows of no keeping.
const KEPT: u64 = 60 * 60 * 1000;

/// Members that hold what stands in a file, or has to: they are data, exact to the byte.
const EXACT: [&str; 4] = ["path", "source", "cell_id", "text"];

/// The answer with everything that is to be read as it may be shown: nothing hides in it that a person who
/// looks at the same words would not see.
fn shown(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(lines(&text, Charset::Unicode)),
        Value::Array(items) => items.into_iter().map(shown).collect(),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    let is_exact = EXACT.contains(&name.as_str());
                    (name, if is_exact { value } else { shown(value) })
                })
                .collect(),
        ),
        other => other,
    }
}

#[derive(Clone)]
struct Service {
    knowledge: Arc<Knowledge>,
    reading: Reading,
}

/// Why a tool did not do what it was asked to.
#[derive(Debug)]
enum Refused {
    /// There is no such tool.
    NoTool(String),
    /// The work cannot be done, or not with these arguments, and this is why: what an agent reads
    /// and can mend.
    Told(String),
}

impl Service {
    fn voice(&self) -> Voice<'_> {
        Voice { knowledge: &self.knowledge, reading: self.reading }
    }

    /// Calls a tool by its name.
    fn call(&self, name: &str, mut arguments: Map<String, Value>) -> Result<Value, Refused> {
        let no_tool = || Refused::NoTool(self.say(mcp::NO_TOOL, &[("tool", name)]));
        let tool = self.get_tool(name).ok_or_else(no_tool)?;
        // Null is how some agents say that they leave one out.
        arguments.retain(|_, value| !value.is_null());
        if let Some(why) = arguments::complaint(self.voice(), &tool.input_schema, &arguments) {
            return Err(Refused::Told(why));
        }
        let arguments = Value::Object(arguments);
        match name {
            "check" => self.check(calls::read(arguments)?),
            "classify" => self.classify(calls::read(arguments)?),
            "fix" => self.fix(calls::read(arguments)?),
            "explain" => self.explain(&calls::read::<calls::Explain>(arguments)?),
            "lookup" => self.lookup(&calls::read::<calls::Lookup>(arguments)?),
            #[cfg(feature = "kernel")]
            "prove" => self.prove(&calls::read(arguments)?),
            _ => Err(no_tool()),
        }
    }

    /// That the work cannot be done, and why.
    fn told(&self, error: &(dyn std::error::Error + 'static)) -> Refused {
        Refused::Told(self.voice().tell(error).join("\n"))
    }

    fn say(&self, key: Wording, args: &[(&str, &str)]) -> String {
        self.voice().say(key, args).join("\n")
    }

    fn no_resource(&self, uri: &str) -> String {
        lines(&self.say(mcp::NO_RESOURCE, &[("uri", uri)]), Charset::Unicode)
    }
}

impl ServerHandler for Service {
    fn get_info(&self) -> ServerConfig {
        let able =
            ServerCapabilities::builder().enable_tools().enable_resources().enable_skills().build();
        ServerConfig::new(able)
            .with_server_info(Implementation::new("nbasync", env!("CARGO_PKG_VERSION")))
            .with_instructions(self.say(mcp::INSTRUCTIONS, &[]))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all(self.voice()).into_iter().find(|tool| tool.name == name)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = ListToolsResult::with_all_items(tools::all(self.voice()));
        Ok(tools.with_ttl_ms(KEPT).with_cache_scope(CacheScope::Public))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let work = std::panic::AssertUnwindSafe(|| self.call(&request.name, arguments));
        let done = std::panic::catch_unwind(work).unwrap_or_else(|_| {
            Err(Refused::Told(self.say(wording::report::problem::INTERNAL, &[])))
        });
        match done {
            Ok(value) => Ok(CallToolResult::structured(shown(value)).into()),
            Err(Refused::NoTool(why)) => {
                Err(ErrorData::invalid_params(lines(&why, Charset::Unicode), None))
            }
            Err(Refused::Told(why)) => {
                let why = lines(&why, Charset::Unicode);
                Ok(CallToolResult::error(vec![ContentBlock::text(why)]).into())
            }
        }
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let resources = ListResourcesResult::with_all_items(skills::resources());
        Ok(resources.with_ttl_ms(KEPT).with_cache_scope(CacheScope::Public))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let unknown = || ErrorData::resource_not_found(self.no_resource(&request.uri), None);
        let text = skills::read(&request.uri).ok_or_else(unknown)?;
        let contents = ResourceContents::text(text, request.uri.clone());
        let contents = contents.with_mime_type(skills::MARKDOWN);
        let read = ReadResourceResult::new(vec![contents]).with_ttl_ms(KEPT);
        Ok(read.with_cache_scope(CacheScope::Public).into())
    }

    async fn list_skills(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListSkillsResult, ErrorData> {
        let skills = ListSkillsResult::with_all_items(skills::all());
        Ok(skills.with_ttl_ms(KEPT).with_cache_scope(CacheScope::Public))
    }

    async fn get_skill(
        &self,
        request: GetSkillRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetSkillResult, ErrorData> {
        let found = skills::all().into_iter().find(|skill| skill.uri == request.uri);
        let unknown = || ErrorData::invalid_params(self.no_resource(&request.uri), None);
        found.map(GetSkillResult::new).ok_or_else(unknown)
    }
}
