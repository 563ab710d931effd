import Foundation
import Glibc
import Values

/// The program itself, serving a data directory as a child process: what is measured.
final class ServerProcess {
    let endpoint: Endpoint
    let meter: ProcessMeter
    /// Seconds from the start of the process to its first answer.
    let startSeconds: Double
    private let process: Process

    /// Starts the server and waits until it answers. Throws when it does not within ten seconds.
    init(directory: String, port wanted: UInt16) throws {
        let port = wanted == 0 ? try Endpoint.freePort() : wanted
        let endpoint = Endpoint.loopback(port)
        self.endpoint = endpoint
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        // A single caller makes all requests here; the limit per caller would be what is measured.
        process.arguments = [
            "serve", "--data", directory, "--port", String(port), "--rate-limit", "0", "--log-level", "warning",
        ]
        process.standardOutput = FileHandle.nullDevice
        let start = Stopwatch.seconds()
        try process.run()
        self.process = process
        meter = ProcessMeter(pid: process.processIdentifier)
        while !ServerProcess.answers(endpoint), process.isRunning, Stopwatch.seconds() - start < 10 { usleep(2000) }
        startSeconds = Stopwatch.seconds() - start
        // A port that is taken would be answered by somebody else.
        usleep(50_000)
        guard process.isRunning, ServerProcess.answers(endpoint) else {
            process.terminate()
            throw ServerProcess.silent
        }
    }

    private static func answers(_ endpoint: Endpoint) -> Bool {
        (try? Fetch.one(httpRequest("GET", "/healthz"), from: endpoint).answer.status) == 200
    }

    private static let silent = Problem(
        .failure,
        "bench_server",
        Label("The server to be measured did not start. Try `kehu serve`.", zh: "待测服务未能启动，请先用 kehu serve 检查。")
    )

    /// Ends the server and waits for it.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}

/// A request as bytes.
func httpRequest(
    _ method: String,
    _ target: String,
    key: String? = nil,
    headers: [String] = [],
    body: String? = nil
) -> [UInt8] {
    var text = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if let key { text += "Authorization: Bearer \(key)\r\n" }
    for header in headers { text += header + "\r\n" }
    if let body { text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
    return Array((text + "\r\n" + (body ?? "")).utf8)
}
