import HTTPTypes
import Identity
import Values

/// Makes sure that a request that changes something comes from our own pages or from a program that means it.
enum Forgery {
    private static let safe: Set<HTTPRequest.Method> = [.get, .head, .options]

    /// Refuses what a page of another site sends.
    static func checkOrigin(_ call: Call) throws { try checkOrigin(call.method, call.headers, call.authority) }

    /// The same for a request of which no more is known.
    static func checkOrigin(_ method: HTTPRequest.Method, _ headers: HTTPFields, _ authority: String?) throws {
        guard !safe.contains(method) else { return }
        if headers[.fetchSite] == "cross-site" { throw Problem.foreignOrigin }
        guard let origin = headers[.origin], let host = authority ?? headers[.host] else { return }
        let theirs = origin.split(separator: "/").last?.lowercased()
        guard theirs == host.lowercased() else { throw Problem.foreignOrigin }
    }

    /// Asks for the session's token wherever a cookie says who acts.
    static func checkToken(_ call: Call, intake: Route.Intake) throws {
        guard !safe.contains(call.method), case .session(let session) = call.caller else { return }
        var given = call.headers[.csrfToken]
        switch intake {
        case .form where given == nil, .formWithFiles where given == nil && call.upload == nil:
            given = try FormFields(call.body)["_csrf"]
        // A form with a file is streamed; its page puts the token into the form's address.
        case .upload where given == nil, .formWithFiles where given == nil: given = call.query["_csrf"]
        default: break
        }
        guard let given, session.accepts(csrf: given) else {
            throw Problem(
                .forbidden,
                "csrf",
                Label(
                    "This form is too old. Load the page again. (Programs: send X-CSRF-Token.)",
                    zh: "页面已过期，请刷新后重试。（程序调用请带上 X-CSRF-Token。）"
                )
            )
        }
    }
}

extension Problem {
    /// Sent by another site.
    static let foreignOrigin = Problem(
        .forbidden,
        "foreign_origin",
        Label("Another site sent this request, so it was refused.", zh: "该请求来自其他网站，已被拒绝。")
    )

    /// Nothing is there.
    static let noSuchAddress = Problem(
        .notFound,
        "no_such_address",
        Label("There is nothing at this address.", zh: "这个地址不存在。")
    )
}

/// The fields of a form that a page has sent.
struct FormFields: Sendable {
    private let query: Query

    /// Reads `application/x-www-form-urlencoded`.
    init(_ body: [UInt8]) throws { query = try Query(String(decoding: body, as: UTF8.self)[...].utf8) }

    /// The first value of a field.
    subscript(name: String) -> String? { query[name] }

    /// All values of a field.
    func all(_ name: String) -> [String] { query.items.filter { $0.name == name }.map(\.value) }

    /// All fields in the order of the form.
    var items: [(name: String, value: String)] { query.items }
}
