import Foundation
import Testing
import Values

/// A person at a browser without scripts: keeps cookies, follows what forms say, and never sends a key.
final class Browser {
    private let client: Client
    private var cookies: [String: String] = [:]
    /// The page that was answered last.
    private(set) var page = ""
    /// Its status.
    private(set) var status = 0
    /// The headers of the last answer.
    private(set) var headers: [String: String] = [:]

    init(_ company: Company, language: String = "en") {
        client = Client(port: company.port, headers: ["Accept-Language": language])
    }

    /// Logs in by the page and follows to the start page.
    static func logIn(_ name: String, _ company: Company) async throws -> Browser {
        let browser = Browser(company)
        try await browser.post("/login", ["email": "\(name)@example.com", "password": Company.password])
        return browser
    }

    /// Opens an address and follows where it leads.
    func open(_ path: String) async throws {
        try await send("GET", path, nil)
    }

    /// Sends a form, with the token that the last page held, and follows where it leads.
    func post(_ path: String, _ fields: KeyValuePairs<String, String>, token sendsToken: Bool = true) async throws {
        var parts = fields.map { encode($0.key) + "=" + encode($0.value) }
        if sendsToken, let token = value(of: "_csrf") { parts.append("_csrf=" + encode(token)) }
        try await send("POST", path, parts.joined(separator: "&"))
    }

    /// What stands in a control of the last page, by its name.
    func value(of name: String) -> String? {
        guard let range = page.range(of: "name=\"\(name)\"") else { return nil }
        let tag = page[range.upperBound...].prefix { $0 != ">" }
        guard let start = tag.range(of: "value=\"") else { return nil }
        return String(tag[start.upperBound...].prefix { $0 != "\"" }).replacing("&amp;", with: "&")
    }

    /// Where the last answer led, if it was no page.
    private(set) var path = "/"

    /// Sends a form whose fields are only known while the test runs.
    func send(_ path: String, _ fields: [(String, String)]) async throws {
        var parts = fields.map { encode($0.0) + "=" + encode($0.1) }
        if let token = value(of: "_csrf") { parts.append("_csrf=" + encode(token)) }
        try await send("POST", path, parts.joined(separator: "&"))
    }

    /// Sends a file by the form of the last page.
    func upload(_ name: String, _ bytes: [UInt8], object: String) async throws {
        let path = try #require(action(containing: "_csrf="))
        let parts = [
            "--edge\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\n\(object)\r\n--edge\r\n",
            "Content-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n",
        ]
        let body = Array(parts.joined().utf8) + bytes + Array("\r\n--edge--\r\n".utf8)
        try await send("POST", path, bytes: body, type: "multipart/form-data; boundary=edge")
    }

    /// Where a form of the last page is sent, by parts of that address.
    func action(containing part: String, and other: String = "") -> String? {
        page.components(separatedBy: "action=\"").dropFirst()
            .map { Browser.plain(String($0.prefix { $0 != "\"" })) }.first {
                $0.contains(part) && (other.isEmpty || $0.contains(other))
            }
    }

    /// Sends a body as it is.
    func send(_ path: String, bytes: [UInt8], type: String) async throws {
        try await send("POST", path, bytes: bytes, type: type)
    }

    /// The text of an attribute.
    static func plain(_ text: String) -> String {
        text.replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&lt;", with: "<")
            .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }

    private func send(_ method: String, _ path: String, _ body: String?) async throws {
        let type = "application/x-www-form-urlencoded"
        try await send(method, path, bytes: body.map { Array($0.utf8) }, type: type)
    }

    private func send(_ method: String, _ path: String, bytes body: [UInt8]?, type: String) async throws {
        var headers = ["Cookie": cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")]
        if body != nil { headers["Content-Type"] = type }
        let plain = String(path.prefix { $0 != "#" })
        let answer = try await client.send(method, plain, bytes: body, headers: headers)
        for line in answer.cookies {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard let name = pair.first else { continue }
            cookies[String(name)] = line.contains("Max-Age=0") ? nil : pair.count == 2 ? String(pair[1]) : ""
        }
        (self.path, status, self.headers) = (plain, answer.status, answer.headers)
        guard answer.status == 303, let next = answer.headers["location"] else {
            page = answer.text
            return
        }
        try await send("GET", next, nil)
    }

    private func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
