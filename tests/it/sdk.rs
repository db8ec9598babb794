//! The official Rust SDK as a client, in both eras.

use rmcp::{
    model::{CallToolRequestParams, ProtocolVersion},
    service::{ClientLifecycleMode, ClientServiceExt},
    transport::TokioChildProcess,
};

use crate::{HOST, each_tool};

async fn lists_and_calls_each_tool(lifecycle: ClientLifecycleMode) {
    let simulator = crate::argo_cd().https().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, simulator.ca_pem().unwrap()).unwrap();
    let mut command = tokio::process::Command::new(HOST);
    command
        .arg("run")
        .env_clear()
        .env("ARGOCD_SERVER", simulator.url())
        .env("ARGOCD_AUTH_TOKEN", simulator.token())
        .env("ARGOCD_CA_FILE", &authority)
        .env("ARGOCD_MCP_TOOLSETS", "all");
    let client =
        ().serve_with_lifecycle(TokioChildProcess::new(command).unwrap(), lifecycle)
            .await
            .unwrap();
    let tools = client.list_all_tools().await.unwrap();
    assert_eq!(tools.len(), each_tool().len());
    for (name, arguments, fact) in each_tool() {
        let tool = tools
            .iter()
            .find(|tool| tool.name == name)
            .unwrap_or_else(|| panic!("{name} is listed"));
        let annotations = tool.annotations.as_ref().unwrap();
        assert_eq!(annotations.read_only_hint, Some(true), "{name}");
        let arguments = arguments.as_object().cloned().unwrap();
        let result = client
            .call_tool(CallToolRequestParams::new(name).with_arguments(arguments))
            .await
            .unwrap();
        let text = serde_json::to_string(&result.content).unwrap();
        assert_ne!(result.is_error, Some(true), "{name}: {text}");
        assert!(text.contains(fact), "{name} says {fact}: {text}");
    }
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn by_handshake() {
    lists_and_calls_each_tool(ClientLifecycleMode::Initialize).await;
}

#[tokio::test]
async fn stateless() {
    lists_and_calls_each_tool(ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
    })
    .await;
}
