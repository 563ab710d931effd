import Foundation
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

    private func send(_ method: String, _ path: String, _ body: String?) async throws {
        var headers = ["Cookie": cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")]
        if body != nil { headers["Content-Type"] = "application/x-www-form-urlencoded" }
        let plain = String(path.prefix { $0 != "#" })
        let answer = try await client.send(method, plain, body, headers: headers)
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
