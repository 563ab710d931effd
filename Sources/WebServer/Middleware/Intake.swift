import HTTPTypes
import HummingbirdCore
import NIOCore
import Values

/// Reads the bodies of requests.
enum Intake {
    /// The whole body; throws `tooLarge` beyond the limit.
    static func collect(_ request: Request, upTo limit: Int) async throws -> [UInt8] {
        if let text = request.headers[.contentLength], let length = Int(text), length > limit {
            throw Problem.tooLarge(limit)
        }
        var bytes: [UInt8] = []
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= limit else { throw Problem.tooLarge(limit) }
            part.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
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
        let size = limit >= 1_000_000 ? "\(limit / 1_000_000) MB" : "\(limit / 1000) kB"
        return Problem(
            .tooLarge,
            "too_large",
            Label("The content is larger than \(size). Send it in parts.", zh: "内容超过 \(size)，请分批提交。")
        )
    }
}
