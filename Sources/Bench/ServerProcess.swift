import Foundation
import Glibc
import Values

/// The program itself, serving a data directory as a child process: what is measured.
final class ServerProcess {
    let port: UInt16
    /// Seconds from the start of the process to its first answer.
    let startSeconds: Double
    private let process: Process

    /// Starts the server and waits until it answers. Throws when it does not within ten seconds.
    init(directory: String, port wanted: UInt16) throws {
        port = wanted == 0 ? try LoopbackConnection.freePort() : wanted
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
        while !ServerProcess.answers(port), process.isRunning, Stopwatch.seconds() - start < 10 { usleep(2000) }
        startSeconds = Stopwatch.seconds() - start
        // A port that is taken would be answered by somebody else.
        usleep(50_000)
        guard process.isRunning, ServerProcess.answers(port) else {
            process.terminate()
            throw ServerProcess.silent
        }
    }

    private static func answers(_ port: UInt16) -> Bool {
        let outcome = try? LoadLoop(port: port, connections: 1).run(
            seconds: 0,
            next: { httpRequest("GET", "/healthz") },
            isRight: { $0.status == 200 }
        )
        return outcome?.errors == 0
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

    /// Seconds of processor time, of all its threads, in the program and in the kernel for it.
    var processorSeconds: Double {
        let fields = statistics
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory in MiB, now and at its highest.
    var memory: (now: Double, peak: Double) {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        func value(_ name: String) -> Double {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
            return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Double($0) }
                ?? 0
        }
        return (value("VmRSS:") / 1024, value("VmHWM:") / 1024)
    }

    /// Waits until the server uses no processor any more, at most five seconds.
    func waitUntilIdle() {
        var last = processorSeconds
        for _ in 0..<50 {
            usleep(100_000)
            let now = processorSeconds
            if now == last { return }
            last = now
        }
    }

    // Behind the name in parentheses, which may hold anything.
    private var statistics: [Substring] {
        let path = "/proc/\(process.processIdentifier)/stat"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let end = text.lastIndex(of: ")") else {
            return []
        }
        return text[text.index(after: end)...].split(separator: " ")
    }
}

/// A request as bytes.
func httpRequest(_ method: String, _ target: String, key: String? = nil, body: String? = nil) -> [UInt8] {
    var text = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if let key { text += "Authorization: Bearer \(key)\r\n" }
    if let body { text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
    return Array((text + "\r\n" + (body ?? "")).utf8)
}
