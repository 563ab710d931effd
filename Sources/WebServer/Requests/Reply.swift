import HTTPTypes
import Hummingbird
import NIOCore
import Values

/// The answer to a request.
struct Reply: Sendable {
    /// What the answer holds.
    enum Body: Sendable {
        case bytes([UInt8])
        /// Written while it is made, for exports.
        case stream(ResponseBody)
    }

    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: Body
    /// True when it already stands in the table of repeated requests.
    var isStored = false

    /// An answer.
    init(_ status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields(), body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// JSON.
    static func json(_ bytes: [UInt8], _ status: HTTPResponse.Status = .ok) -> Reply {
        var reply = Reply(status, body: .bytes(bytes))
        reply.headers[.contentType] = "application/json; charset=utf-8"
        return reply
    }

    /// JSON that `body` writes.
    static func json(
        _ status: HTTPResponse.Status = .ok,
        _ body: (inout JSONWriter) throws -> Void
    ) rethrows -> Reply {
        var writer = JSONWriter()
        try body(&writer)
        return json(writer.bytes, status)
    }

    /// A JSON object whose members `body` writes.
    static func object(
        _ status: HTTPResponse.Status = .ok,
        _ body: (inout JSONWriter) throws -> Void
    ) rethrows -> Reply {
        try json(status) { try $0.object(body) }
    }

    /// `{"data": […]}` with an element per item.
    static func list<Items: Collection>(
        _ items: Items,
        next: String? = nil,
        total: Int64? = nil,
        _ body: (Items.Element, inout JSONWriter) throws -> Void
    ) rethrows -> Reply {
        try object { json in
            json.key("data")
            try json.array { json in for item in items { try body(item, &json) } }
            json.member("next", next)
            if let total { json.member("total", total) }
        }
    }

    /// Done, and nothing to say.
    static let noContent = Reply(.noContent)

    /// A page, as HTML in UTF-8.
    static func html(_ bytes: [UInt8], _ status: HTTPResponse.Status = .ok) -> Reply {
        var reply = Reply(status, body: .bytes(bytes))
        reply.headers[.contentType] = "text/html; charset=utf-8"
        return reply
    }

    /// Leads the browser on with a GET.
    static func redirect(_ address: String) -> Reply {
        var reply = Reply(.seeOther)
        reply.headers[.location] = address
        return reply
    }
}
