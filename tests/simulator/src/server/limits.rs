//! Bounds of the simulator: value, unit, reason.

/// Bytes of a request body that are kept. The longest genuine one is a login of under 1 kB; the rest is read and counted.
pub(crate) const KEPT_REQUEST_BODY_BYTES: usize = 64 * 1024;

/// Failed logins after which Argo CD locks a name (`ARGOCD_SESSION_FAILURE_MAX_FAIL_COUNT`).
pub(crate) const FAILED_LOGINS: usize = 5;

/// Bytes of one gRPC message after which argocd-server answers 429 (`ARGOCD_GRPC_MAX_SIZE_MB`, 200 MB).
pub(crate) const GRPC_MESSAGE_BYTES: u64 = 200 * 1024 * 1024;

/// Pods that one log request may cover (`server.maxPodLogsToRender`).
pub(crate) const LOG_PODS: usize = 10;

/// Generated applications at most: ten times the largest installation reported.
pub(crate) const GENERATED_APPLICATIONS: usize = 50_000;

/// Bytes in a chunk of a generated body: small against any cap that a test checks.
pub(crate) const CHUNK_BYTES: usize = 64 * 1024;
