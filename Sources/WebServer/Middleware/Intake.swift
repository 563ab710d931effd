import HTTPTypes
import HummingbirdCore
import NIOCore
import Values

/// Reads the bodies of requests.
enum Intake {
    /// How much of a body that nobody wants is read all the same: most clients send all before they look for the
    /// answer.
    private static let patience = 64_000_000

    /// The whole body; throws `tooLarge` beyond the limit.
    static func collect(_ request: Request, upTo limit: Int) async throws -> [UInt8] {
        var isTooLarge = request.headers[.contentLength].flatMap { Int($0) } ?? 0 > limit
        var bytes: [UInt8] = []
        var total = 0
        let begun = ContinuousClock.now
        do {
            for try await part in request.body {
                total += part.readableBytes
                if total > limit { isTooLarge = true }
                // Who sends a byte now and then would hold the connection for ever; who sends none is cut off as idle.
                let minutes = (ContinuousClock.now - begun) / .seconds(60)
                if minutes > 1, total < Int(minutes) * UploadPace.least { throw Unfinished(UploadPace.problem) }
                if total > max(limit, patience) { throw Unfinished(.tooLarge(limit)) }
                if !isTooLarge { part.withUnsafeReadableBytes { bytes.append(contentsOf: $0) } }
            }
        } catch {
            if error is Unfinished || error is CancellationError { throw error }
            throw isTooLarge ? Problem.tooLarge(limit) : cutShort
        }
        if isTooLarge { throw Problem.tooLarge(limit) }
        return bytes
    }

    private static let cutShort = Problem.malformed(
        "body_cut_short",
        Label("The request did not arrive whole. Send it again.", zh: "请求内容未完整到达，请重新发送。")
    )

    /// A body of which not all was read: what still comes is not waited for.
    struct Unfinished: Error {
        let problem: Problem
        init(_ problem: Problem) { self.problem = problem }
    }

    /// Reads and forgets a body; false when it did not end.
    static func drain(_ request: Request) async -> Bool {
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced > 0 || request.headers[.transferEncoding] != nil else { return true }
        let begun = ContinuousClock.now
        var total = 0
        do {
            for try await part in request.body {
                total += part.readableBytes
                if total > patience || ContinuousClock.now - begun > UploadPace.patience { return false }
            }
        } catch {
            // The client has gone; so has the reason to read.
        }
        return true
    }

    /// Ends a connection on which a body goes on that nobody reads. Most clients look for the answer only when they have
    /// sent all: they get some time to do so.
    static func end(_ channel: any Channel) {
        channel.eventLoop.scheduleTask(in: .seconds(20)) { channel.close(promise: nil) }
    }

    /// Refuses a body that says it is something else than JSON. What says nothing, or what simple programs send by
    /// default, is taken for JSON.
    static func checkIsJSON(_ type: String?) throws {
        guard let type = type?.split(separator: ";").first?.trimmingSpaces.lowercased(), !type.isEmpty else { return }
        let taken: Set<String> = [
            "application/json", "text/json", "text/plain", "application/x-www-form-urlencoded",
            "application/octet-stream", "*/*",
        ]
        guard taken.contains(type) || type.hasSuffix("+json") else {
            throw Problem(
                .unsupported,
                "not_json",
                Label("Send JSON: Content-Type: application/json.", zh: "请发送 JSON：Content-Type: application/json。")
            )
        }
    }
}

extension Problem {
    /// The body is larger than the address takes.
    static func tooLarge(_ limit: Int) -> Problem {
        let size =
            switch limit {
            case 1_000_000_000...: "\(limit / 1_000_000_000) GB"
            case 1_000_000...: "\(limit / 1_000_000) MB"
            default: "\(limit / 1000) kB"
            }
        return Problem(
            .tooLarge,
            "too_large",
            Label("The content is larger than \(size). Send it in parts.", zh: "内容超过 \(size)，请分批提交。")
        )
    }
}
