import Foundation
import Testing
import Values

/// Whatever is sent, as whatever role: an answer that helps, never a 500, and the server goes on.
@Suite struct FuzzTests {
    /// A company of its own: an administrator who sends rubbish leaves nothing as it was.
    private static let target = Task { try await Company() }
    private static let people = ["ann", "mei", "bo", "rita", ""]

    private static let bodies: [[UInt8]] = [
        Array("".utf8), Array("null".utf8), Array("[]".utf8), Array("{".utf8), Array("\"text\"".utf8), [0xFF, 0xFE],
        Array(#"{"name":"\u0000"}"#.utf8), Array("{\"name\":\"a\u{0}b\"}".utf8), Array(#"{"name":"\ud800"}"#.utf8),
        Array((String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)).utf8),
        Array(#"{"name":1e999,"owner":-1,"version":99999999999999999999}"#.utf8),
        Array(#"{"name":{"a":[1]},"owner":{"id":5},"phone":[],"tags":{"x":1},"email":false}"#.utf8),
        Array(#"{"name":"a","name":"b","nome":"c"}"#.utf8),
        Array(#"{"email":"x","password":"y","code":7,"user":"z","to":"01HZX3K9Q2W7A","team":[]}"#.utf8),
        Array(#"{"ids":["01HZX3K9Q2W7A"],"filter":"((((","q":"%","data":{"name":"x"}}"#.utf8),
        Array(#"{"operations":[{"op":"delete","id":"01HZX3K9Q2W7A"},{"op":"jump"},7]}"#.utf8),
        Array(#"{"key":"x_"#.utf8) + Array(#"","label":{"en":"a","zh":"b"},"kind":"formula","expression":"1/0"}"#.utf8),
        Array(#"{"rights":{"objects":{"*":{"read":"all"}}},"key":"k","label":{"en":1,"zh":2}}"#.utf8),
        Array(
            #"{"scopes":{"everything":true},"name":"n","expires_at":"never","language":"fr","time_zone":"Moon/Sea"}"#
                .utf8
        ),
        Array(#"{"currency":"XXX","day":"2026-02-30","rate":"-1","base_currency":5}"#.utf8),
    ]

    private static func paths(_ id: String) -> [(String, String)] {
        let records = ["customers", "opportunities", "leads", "x_none"]
        var result: [(String, String)] = []
        for plural in records {
            let base = "/api/v1/\(plural)"
            result += [
                ("POST", base), ("POST", base + "/batch"), ("POST", base + "/update-all"),
                ("POST", base + "/delete-all"), ("PATCH", base + "/\(id)"), ("POST", base + "/\(id)/shares"),
                ("POST", base + "/\(id)/convert"), ("POST", base + "/\(id)/win"), ("POST", base + "/\(id)/move"),
                ("PATCH", base + "/nonsense"), ("POST", base + "/\(id)/restore"),
            ]
        }
        let rest = [
            "session", "links/x", "sessions/sign-out-everywhere", "api-keys", "users", "users/\(id)/link",
            "users/\(id)/hand-over", "users/\(id)/disable", "teams", "roles", "schema/objects",
            "schema/objects/customer/fields", "rates", "me/second-factor/confirm", "imports", "me/second-factor/remove",
        ]
        result += rest.map { ("POST", "/api/v1/" + $0) }
        result += ["me", "users/\(id)", "teams/\(id)", "roles/\(id)", "settings", "schema/objects/customer"]
            .map { ("PATCH", "/api/v1/" + $0) }
        return result
    }

    @Test(arguments: people)
    func `no body makes the server fail`(who: String) async throws {
        let company = try await FuzzTests.target.value
        let client = who.isEmpty ? company.stranger : company.client(who)
        let id = try await company.customer("靶子")
        for (method, path) in FuzzTests.paths(id) {
            for body in FuzzTests.bodies {
                let answer = try await client.send(method, path, bytes: body)
                let shown = String(decoding: body.prefix(80), as: UTF8.self)
                #expect(answer.status < 500, "\(who) \(method) \(path) \(shown): \(answer.text)")
                if answer.status >= 400 {
                    #expect(answer.json["detail"]?.string?.isEmpty == false, "\(method) \(path) \(shown)")
                }
            }
        }
        #expect(try await company.stranger.send("GET", "/readyz").status == 200)
    }

    @Test(arguments: people)
    func `no address makes the server fail`(who: String) async throws {
        let company = try await FuzzTests.target.value
        let client = who.isEmpty ? company.stranger : company.client(who)
        let id = try await company.customer("靶子")
        let odd = [
            "%00", "%FF", "%", "..", "%2e%2e%2f", "'", "\"%20OR%201=1", "0000000000000", "ZZZZZZZZZZZZZ", "-1", id,
            String(repeating: "a", count: 3000), "%F0%9F%92%A9",
        ]
        let lists = ["customers", "users", "search", "audit", "log-ins"]
        let keys = ["filter", "sort", "fields", "limit", "cursor", "q", "total", "user", "state"]
        for list in lists {
            for value in odd {
                for key in keys {
                    let answer = try await client.send("GET", "/api/v1/\(list)?\(key)=\(value)")
                    #expect(answer.status < 500, "\(list)?\(key)=\(value.prefix(40)): \(answer.text)")
                }
                for tail in ["", "/history", "/access", "/shares", "/timeline"] {
                    let answer = try await client.send("GET", "/api/v1/\(list)/\(value)\(tail)")
                    #expect(answer.status < 500, "\(list)/\(value.prefix(40))\(tail): \(answer.text)")
                }
            }
        }
    }

    @Test func `very large input is refused in words`() async throws {
        let company = try await Company.shared.value
        let ann = company.client("ann")
        let text = String(repeating: "长", count: 3_500_000)
        let huge = try await ann.send("POST", "/api/v1/customers", #"{"name":"\#(text)"}"#)
        #expect(huge.status == 413)
        let long = String(repeating: "长", count: 300_000)
        #expect(try await ann.send("POST", "/api/v1/customers", #"{"name":"\#(long)"}"#).status == 422)
        let parts = (0..<10_000).map { "name = \\\"\($0)\\\"" }.joined(separator: " or ")
        let filter = try await ann.send("POST", "/api/v1/customers/delete-all", #"{"filter":"\#(parts)"}"#)
        #expect([400, 422].contains(filter.status), "\(filter.text)")
        let deep = String(repeating: "(", count: 100_000) + "1" + String(repeating: ")", count: 100_000)
        let nested = try await ann.send("POST", "/api/v1/customers/delete-all", #"{"filter":"\#(deep)"}"#)
        #expect([400, 422].contains(nested.status), "\(nested.text)")
        let many = (0..<1001).map { _ in #"{"op":"create","data":{"name":"x"}}"# }.joined(separator: ",")
        let batch = try await ann.send("POST", "/api/v1/customers/batch", #"{"operations":[\#(many)]}"#)
        #expect(batch.status == 413)
        let header = ["Idempotency-Key": String(repeating: "k", count: 5000)]
        #expect(try await ann.send("POST", "/api/v1/customers", #"{"name":"x"}"#, headers: header).status == 400)
    }
}
