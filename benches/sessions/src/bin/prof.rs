// prof WORKERS CALLERS CALLS
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use qapi_client::tokio::Client;
use qapi_types::qmp::commands::QueryStatus;
fn serve(path: &str) {
    let l = UnixListener::bind(path).unwrap();
    loop {
    let (mut s, _) = l.accept().unwrap();
    s.write_all(b"{\"QMP\": {\"version\": {\"qemu\": {\"major\": 10, \"minor\": 2, \"micro\": 0}, \"package\": \"\"}, \"capabilities\": [\"oob\"]}}\r\n").unwrap();
    let mut buf = vec![0; 65536]; let mut req = Vec::new(); let mut out = Vec::new();
    'c: loop {
        let n = match s.read(&mut buf) { Ok(0) | Err(_) => break 'c, Ok(n) => n };
        req.extend_from_slice(&buf[..n]);
        let mut begin = 0;
        for (i, b) in req.iter().enumerate() {
            if *b == b'}' {
                let r = &req[begin..i];
                let id = r.rsplit(|b| *b == b':').next().unwrap();
                out.extend_from_slice(b"{\"return\": {\"status\": \"prelaunch\", \"running\": false}, \"id\": ");
                out.extend_from_slice(id);
                out.extend_from_slice(b"}\r\n");
                begin = i + 1;
            }
        }
        req.drain(..begin);
        if s.write_all(&out).is_err() { break 'c }
        out.clear();
    }}
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    if a[1] == "serve" { return serve(&a[2]); }
    if a[1] == "flood" { return flood(a[2].parse().unwrap(), a[3].parse().unwrap()); }
    let path = &a[1]; let workers: usize = a[2].parse().unwrap(); let callers: usize = a[3].parse().unwrap(); let calls: usize = a[4].parse().unwrap();
    let rt = if workers == 0 { tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap() } else { tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build().unwrap() };
    let client = rt.block_on(Client::connect_unix(path)).unwrap();
    let usage = || { let t = std::fs::read_to_string("/proc/self/schedstat").unwrap(); t };
    let begun = std::time::Instant::now();
    let hs: Vec<_> = (0..callers).map(|_| { let c = client.clone(); rt.spawn(async move { for _ in 0..calls / callers { c.execute(&QueryStatus).await.unwrap(); } }) }).collect();
    for h in hs { rt.block_on(h).unwrap(); }
    let t = begun.elapsed();
    let mut vol = 0u64; let mut invol = 0u64; let mut cpu = 0f64;
    for e in std::fs::read_dir("/proc/self/task").unwrap() {
        let p = e.unwrap().path();
        let s = std::fs::read_to_string(p.join("status")).unwrap();
        for l in s.lines() { if let Some(v) = l.strip_prefix("voluntary_ctxt_switches:") { vol += v.trim().parse::<u64>().unwrap() } if let Some(v) = l.strip_prefix("nonvoluntary_ctxt_switches:") { invol += v.trim().parse::<u64>().unwrap() } }
        let s = std::fs::read_to_string(p.join("schedstat")).unwrap(); cpu += s.split(' ').next().unwrap().parse::<f64>().unwrap();
    }
    let _ = usage;
    println!("{:.0} calls/s, {:.2} us CPU/call, vol csw/1000 calls {:.1}, invol {:.1}", calls as f64 / t.as_secs_f64(), cpu / 1e3 / calls as f64, vol as f64 * 1e3 / calls as f64, invol as f64 * 1e3 / calls as f64);
}

fn flood(subscribers: usize, events: usize) {
    use qapi_types::qmp::Event; use qapi_client::{Buffer, Overflow};
    const EVENT: &[u8] = b"{\"timestamp\": {\"seconds\": 1700000000, \"microseconds\": 123456}, \"event\": \"JOB_STATUS_CHANGE\", \"data\": {\"status\": \"running\", \"id\": \"job0\"}}\r\n";
    let (mut theirs, ours) = std::os::unix::net::UnixStream::pair().unwrap();
    std::thread::spawn(move || {
        theirs.write_all(b"{\"QMP\": {\"version\": {\"qemu\": {\"major\": 10, \"minor\": 2, \"micro\": 0}, \"package\": \"\"}, \"capabilities\": [\"oob\"]}}\r\n").unwrap();
        let mut b = [0; 37]; theirs.read_exact(&mut b).unwrap();
        theirs.write_all(b"{\"return\": {}, \"id\": 0}\r\n").unwrap();
        let mut b = [0; 25]; theirs.read_exact(&mut b).unwrap();
        let piece = EVENT.repeat(500);
        for _ in 0..events / 500 { theirs.write_all(&piece).unwrap(); }
        theirs.write_all(b"{\"return\": {}, \"id\": 1}\r\n").unwrap();
        let _ = theirs.read(&mut b);
    });
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    rt.block_on(async {
        ours.set_nonblocking(true).unwrap();
        let client = Client::over(tokio::net::UnixStream::from_std(ours).unwrap(), Default::default()).await.unwrap();
        let hs: Vec<_> = (0..subscribers).map(|_| { let mut e = client.subscribe_with::<Event>("JOB_STATUS_CHANGE", Buffer { overflow: Overflow::Wait, ..Buffer::default() });
            tokio::spawn(async move { for _ in 0..events { e.next().await.unwrap(); } }) }).collect();
        let begun = std::time::Instant::now();
        client.execute_raw("stop", None).await.unwrap();
        for h in hs { h.await.unwrap(); }
        println!("{:.0} events/s", events as f64 / begun.elapsed().as_secs_f64());
    });
}
