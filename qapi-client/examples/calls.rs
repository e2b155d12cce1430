//! How many calls a second: a raw socket, the blocking client, the tokio client with one caller and with 64.
//!
//! ```text
//! cargo run --release -p qapi-client --features tokio --example calls [SOCKET]
//! ```
//!
//! Without the socket of a machine's monitor a server answers whose replies are canned.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use qapi_client::{Limits, Options, blocking, tokio as asynchronous};
use rustix::time::{ClockId, clock_gettime};

/// How long each measurement takes.
const SPAN: Duration = Duration::from_millis(1500);

const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"major": 10, "minor": 2, "micro": 0}, "package": ""}, "capabilities": ["oob"]}}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = match std::env::args_os().nth(1) {
        Some(path) => PathBuf::from(path),
        None => {
            let path = std::env::temp_dir().join(format!("canned-{}", std::process::id()));
            let listener = UnixListener::bind(&path)?;
            std::thread::spawn(move || serve(&listener));
            path
        }
    };
    for _ in 0..3 {
        raw(&path)?;
        blocking(&path)?;
        for (callers, in_flight) in [(1, 8), (64, 8), (64, 64)] {
            for threads in [0, 2] {
                asynchronous(&path, callers, in_flight, threads)?;
            }
        }
    }
    Ok(())
}

/// Counts calls for a while, and says how many there were a second, and what they cost this thread.
fn measure(name: &str, mut call: impl FnMut() -> u64) {
    let cpu = |clock| {
        let time = clock_gettime(clock);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    };
    let (begun, before) = (Instant::now(), cpu(ClockId::ThreadCPUTime));
    let mut calls = 0;
    while begun.elapsed() < SPAN {
        calls += call();
    }
    let rate = calls as f64 / begun.elapsed().as_secs_f64();
    let cost = (cpu(ClockId::ThreadCPUTime) - before).as_secs_f64() * 1e6 / calls as f64;
    println!("{name:<40} {rate:>10.0} calls/s {cost:>8.2} us CPU of the calling thread");
}

fn raw(path: &PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let mut stream = UnixStream::connect(path)?;
    let mut buffer = [0; 4096];
    let mut line = |stream: &mut UnixStream| {
        loop {
            let count = stream.read(&mut buffer).unwrap_or(0);
            if count == 0 || buffer[..count].ends_with(b"\n") {
                break;
            }
        }
    };
    line(&mut stream);
    stream.write_all(br#"{"execute":"qmp_capabilities"}"#)?;
    line(&mut stream);
    let mut id = 0_u64;
    measure("raw socket", || {
        id += 1;
        let request = format!(r#"{{"execute":"query-status","id":{id}}}"#);
        let _ = stream.write_all(request.as_bytes());
        line(&mut stream);
        1
    });
    Ok(())
}

fn blocking(path: &PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let mut client = blocking::Client::connect_unix(path)?;
    measure("blocking", || {
        u64::from(client.execute_raw("query-status", None).is_ok())
    });
    Ok(())
}

fn asynchronous(
    path: &PathBuf,
    callers: u64,
    in_flight: usize,
    threads: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = match threads {
        0 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    if threads > 0 {
        builder.worker_threads(threads);
    }
    let runtime = builder.enable_all().build()?;
    let options = Options {
        limits: Limits {
            in_flight,
            ..Limits::default()
        },
        ..Options::default()
    };
    let client = runtime.block_on(asynchronous::Client::connect_unix_with(path, options))?;
    let name = format!("tokio, {callers} callers, {in_flight} in flight, {threads} threads");
    measure(&name, || {
        let each = (2000 / callers).max(100);
        let tasks: Vec<_> = (0..callers)
            .map(|_| {
                let client = client.clone();
                runtime.spawn(async move {
                    for _ in 0..each {
                        let _ = client.execute_raw("query-status", None).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            let _ = runtime.block_on(task);
        }
        each * callers
    });
    Ok(())
}

/// Answers every request at once, with its id.
fn serve(listener: &UnixListener) {
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || answer(stream));
    }
}

fn answer(mut stream: UnixStream) -> std::io::Result<()> {
    writeln!(stream, "{GREETING}\r")?;
    let (mut buffer, mut requests, mut replies) = ([0; 1 << 16], Vec::new(), Vec::new());
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        requests.extend_from_slice(&buffer[..count]);
        let mut rest = &requests[..];
        while let Some(end) = rest.iter().position(|byte| *byte == b'}') {
            let request = &rest[..end];
            let digits = request
                .iter()
                .rev()
                .take_while(|byte| byte.is_ascii_digit());
            let id = &request[end - digits.count()..];
            replies.extend_from_slice(br#"{"return": {"status": "prelaunch", "running": false}"#);
            if !id.is_empty() {
                replies.extend_from_slice(br#", "id": "#);
                replies.extend_from_slice(id);
            }
            replies.extend_from_slice(b"}\r\n");
            rest = &rest[end + 1..];
        }
        let done = requests.len() - rest.len();
        requests.drain(..done);
        stream.write_all(&replies)?;
        replies.clear();
    }
}
