//! Exactly what the component is linked to: the interfaces of our world, by name, and nothing that
//! opens files, sockets or names. `wasi:http/types` is the stock one with seven functions shadowed,
//! so that every attempt and every refused header is seen by the host (see `outgoing`).

use wasmtime::{
    Engine, Result, StoreContextMut,
    component::{Linker, Resource},
};
use wasmtime_wasi::{
    WasiView,
    cli::{WasiCli, WasiCliView},
    p2::bindings::{cli, random},
    random::WasiRandom,
};
use wasmtime_wasi_http::{
    FieldMap, WasiHttp, WasiHttpView,
    p2::{
        HeaderError,
        bindings::{
            LinkOptions,
            http::types::{
                self, ErrorCode, HeaderError as HeaderErrorCode, HostFields, Method, Scheme,
            },
        },
        types::HostOutgoingRequest,
    },
};

use super::{outgoing, state::State};

/// The version in wasmtime's own WIT; components that import another 0.2.x match by semver.
const HTTP: &str = "0.2.12";

/// A linker with our world's imports.
pub(crate) fn linker(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    let l = &mut linker;
    wasmtime_wasi::p2::add_to_linker_proxy_interfaces_async(l)?;
    random::insecure_seed::add_to_linker::<_, WasiRandom>(l, |state: &mut State| {
        state.ctx().ctx.random()
    })?;
    cli::environment::add_to_linker::<_, WasiCli>(l, State::cli)?;
    cli::exit::add_to_linker::<_, WasiCli>(l, State::cli)?;
    cli::terminal_input::add_to_linker::<_, WasiCli>(l, State::cli)?;
    cli::terminal_output::add_to_linker::<_, WasiCli>(l, State::cli)?;
    cli::terminal_stdin::add_to_linker::<_, WasiCli>(l, State::cli)?;
    cli::terminal_stdout::add_to_linker::<_, WasiCli>(l, State::cli)?;
    cli::terminal_stderr::add_to_linker::<_, WasiCli>(l, State::cli)?;
    let options = LinkOptions::default();
    types::add_to_linker::<_, WasiHttp>(l, &(&options).into(), State::http)?;
    l.instance(&format!("wasi:http/outgoing-handler@{HTTP}"))?
        .func_wrap("handle", outgoing::handle)?;
    shadow(l)?;
    Ok(linker)
}

/// Replaces what the stock implementation would refuse by itself, silently.
fn shadow(linker: &mut Linker<State>) -> Result<()> {
    linker.allow_shadowing(true);
    let mut http = linker.instance(&format!("wasi:http/types@{HTTP}"))?;
    // The setters keep the raw text; `handle` judges it, so that every attempt is audited.
    http.func_wrap(
        "[method]outgoing-request.set-method",
        |mut cx: StoreContextMut<'_, State>,
         (request, method): (Resource<HostOutgoingRequest>, Method)| {
            cx.data_mut().table.get_mut(&request)?.method = method;
            Ok((Ok::<(), ()>(()),))
        },
    )?;
    http.func_wrap(
        "[method]outgoing-request.set-scheme",
        |mut cx: StoreContextMut<'_, State>,
         (request, scheme): (Resource<HostOutgoingRequest>, Option<Scheme>)| {
            cx.data_mut().table.get_mut(&request)?.scheme = scheme;
            Ok((Ok::<(), ()>(()),))
        },
    )?;
    http.func_wrap(
        "[method]outgoing-request.set-authority",
        |mut cx: StoreContextMut<'_, State>,
         (request, authority): (Resource<HostOutgoingRequest>, Option<String>)| {
            cx.data_mut().table.get_mut(&request)?.authority = authority;
            Ok((Ok::<(), ()>(()),))
        },
    )?;
    http.func_wrap(
        "[method]outgoing-request.set-path-with-query",
        |mut cx: StoreContextMut<'_, State>,
         (request, path): (Resource<HostOutgoingRequest>, Option<String>)| {
            cx.data_mut().table.get_mut(&request)?.path_with_query = path;
            Ok((Ok::<(), ()>(()),))
        },
    )?;
    // Header writers: a syntax error is refused here, before any attempt, and leaves a line of its own.
    http.func_wrap(
        "[method]fields.append",
        |mut cx: StoreContextMut<'_, State>,
         (fields, name, value): (Resource<FieldMap>, String, Vec<u8>)| {
            let done = HostFields::append(&mut cx.data_mut().http(), fields, name.clone(), value);
            Ok((noted(&cx, &name, done)?,))
        },
    )?;
    http.func_wrap(
        "[method]fields.set",
        |mut cx: StoreContextMut<'_, State>,
         (fields, name, values): (Resource<FieldMap>, String, Vec<Vec<u8>>)| {
            let done = HostFields::set(&mut cx.data_mut().http(), fields, name.clone(), values);
            Ok((noted(&cx, &name, done)?,))
        },
    )?;
    http.func_wrap(
        "[static]fields.from-list",
        |mut cx: StoreContextMut<'_, State>, (entries,): (Vec<(String, Vec<u8>)>,)| {
            let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
            let names = names.join(",");
            let done = HostFields::from_list(&mut cx.data_mut().http(), entries);
            Ok((noted(&cx, &names, done)?,))
        },
    )?;
    // The stock function downcasts to a type that our bodies do not have, and says None.
    http.func_wrap(
        "http-error-code",
        |mut cx: StoreContextMut<'_, State>, (error,): (Resource<wasmtime::Error>,)| {
            let code: Option<ErrorCode> = outgoing::code_of(cx.data_mut().table.get(&error)?);
            Ok((code,))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Passes a header writer's result on, after an audit line that names the header when it was refused.
fn noted<T>(
    cx: &StoreContextMut<'_, State>,
    name: &str,
    done: Result<T, HeaderError>,
) -> Result<Result<T, HeaderErrorCode>> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(error) => {
            // No attempt was made, so there is nothing to stop when the audit cannot take the line:
            // it stays broken, and the next attempt is denied for it.
            let _ = cx.data().audit.refused("header-syntax", name);
            Ok(Err(error.downcast()?))
        }
    }
}
