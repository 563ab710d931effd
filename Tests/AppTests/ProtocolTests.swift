import Testing
import Values
import WebServer

/// What the API promises about requests and answers of any kind.
@Suite struct ProtocolTests {
    @Test func `problems come in the caller's language`() async throws {
        let company = try await Company.shared.value
        let path = "/api/v1/customers/01HZX3K9Q2W7A"
        let english = try await company.client("ann", language: "en-GB,en;q=0.9").send("GET", path)
        let chinese = try await company.client("ann", language: "zh-CN,zh;q=0.9,en;q=0.8").send("GET", path)
        #expect(english.json["title"]?.string == "Not found")
        #expect(chinese.json["title"]?.string == "未找到")
        #expect(chinese.headers["content-type"] == "application/problem+json")
        #expect(english.json["status"]?.integer == 404)
        #expect(english.json["type"]?.string?.isEmpty == false)
        #expect(english.headers["x-request-id"] == english.json["request_id"]?.string)
    }

    @Test func `nobody gets in without a key or a session`() async throws {
        let company = try await Company.shared.value
        let answer = try await company.stranger.send("GET", "/api/v1/customers")
        #expect(answer.status == 401)
        #expect(answer.headers["www-authenticate"] != nil)
        var wrong = company.stranger
        wrong.headers["Authorization"] = "Bearer kh_wrong"
        #expect(try await wrong.send("GET", "/api/v1/customers").status == 401)
        wrong.headers["Authorization"] = "Basic YTpi"
        #expect(try await wrong.send("GET", "/api/v1/customers").status == 401)
        for path in ["/healthz", "/readyz", "/openapi.json"] {
            #expect(try await company.stranger.send("GET", path).status == 200)
        }
    }

    @Test func `a session needs its token for everything that changes something`() async throws {
        let company = try await Company.shared.value
        let body = #"{"email":"bo@example.com","password":"\#(Company.password)"}"#
        let opened = try await company.stranger.send("POST", "/api/v1/session", body)
        #expect(opened.status == 201)
        let cookie = try #require(opened.headers["set-cookie"])
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
        let token = try #require(opened.json["csrf_token"]?.string)
        var browser = company.stranger
        browser.headers["Cookie"] = String(cookie.prefix { $0 != ";" })
        #expect(try await browser.send("GET", "/api/v1/me").json["name"]?.string == "Bo")
        let customer = #"{"name":"伪造"}"#
        let forged = try await browser.send("POST", "/api/v1/customers", customer)
        #expect(forged.status == 403)
        #expect(forged.code == "csrf")
        browser.headers["X-CSRF-Token"] = token
        let foreign = ["Origin": "https://evil.example"]
        #expect(try await browser.send("POST", "/api/v1/customers", customer, headers: foreign).status == 403)
        let own = ["Origin": "http://127.0.0.1:\(company.port)"]
        #expect(try await browser.send("POST", "/api/v1/customers", customer, headers: own).status == 201)
        #expect(try await browser.send("DELETE", "/api/v1/session").status == 204)
        #expect(try await browser.send("GET", "/api/v1/me").status == 401)
    }

    @Test func `a wrong password and an unknown person look the same`() async throws {
        let stranger = try await Company.shared.value.stranger
        let wrong = #"{"email":"cy@example.com","password":"not the password"}"#
        let unknown = #"{"email":"nobody@example.com","password":"not the password"}"#
        let answers = [
            try await stranger.send("POST", "/api/v1/session", wrong),
            try await stranger.send("POST", "/api/v1/session", unknown),
        ]
        #expect(answers.map(\.status) == [401, 401])
        #expect(answers[0].json["detail"] == answers[1].json["detail"])
    }

    @Test func `a repeated request answers as the first one did`() async throws {
        let ann = try await Company.shared.value.client("ann")
        let key = ["Idempotency-Key": "order-4711"]
        let first = try await ann.send("POST", "/api/v1/customers", #"{"name":"一次"}"#, headers: key)
        let again = try await ann.send("POST", "/api/v1/customers", #"{"name":"一次"}"#, headers: key)
        #expect(first.status == 201)
        #expect(again.status == 201)
        #expect(first.body == again.body)
        #expect(again.headers["location"] == first.headers["location"])
        #expect(again.headers["idempotency-replayed"] == "true")
        let other = try await ann.send("POST", "/api/v1/customers", #"{"name":"两次"}"#, headers: key)
        #expect(other.status == 422)
        #expect(other.code == "idempotency_key_reused")
        let mei = try await Company.shared.value.client("mei")
        let theirs = try await mei.send("POST", "/api/v1/customers", #"{"name":"别人"}"#, headers: key)
        #expect(theirs.status == 201)
        #expect(theirs.json["id"] != first.json["id"])
    }

    @Test func `the same key at the same time makes one record`() async throws {
        let ann = try await Company.shared.value.client("ann")
        let answers = try await withThrowingTaskGroup(of: Client.Answer.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await ann.send(
                        "POST",
                        "/api/v1/customers",
                        #"{"name":"同时"}"#,
                        headers: ["Idempotency-Key": "at-once"]
                    )
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 201 || $0.status == 409 })
        #expect(Set(answers.filter { $0.status == 201 }.map(\.text)).count == 1)
        let found = try await ann.send("GET", "/api/v1/customers?filter=name%20%3D%20%22%E5%90%8C%E6%97%B6%22")
        #expect(found.json["data"]?.array?.count == 1)
    }

    @Test func `methods, addresses and kinds of content that are not there are named`() async throws {
        let ann = try await Company.shared.value.client("ann")
        let method = try await ann.send("PUT", "/api/v1/customers")
        #expect(method.status == 405)
        #expect(method.headers["allow"] == "GET, HEAD, POST")
        #expect(try await ann.send("GET", "/api/v1/nothing/at/all/here/now").status == 404)
        #expect(try await ann.send("GET", "/api/v1/unicorns").status == 404)
        let xml = ["Content-Type": "application/xml"]
        #expect(try await ann.send("POST", "/api/v1/customers", "<a/>", headers: xml).status == 415)
        let head = try await ann.send("HEAD", "/api/v1/customers?limit=1")
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.headers["content-length"] != "0")
    }

    @Test func `one caller cannot take the server for itself`() async throws {
        let company = try await Company { $0.requestsPerSecond = 1 }
        let ann = company.client("ann")
        // All at once: on a slow machine the allowance would grow again between one and the next.
        let answers = try await withThrowingTaskGroup(of: Client.Answer.self) { group in
            for _ in 0..<60 { group.addTask { try await ann.send("GET", "/api/v1/me") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let answer = try #require(answers.first { $0.status == 429 })
        #expect(answer.code == "rate_limit")
        #expect(Int(answer.headers["retry-after"] ?? "") ?? 0 >= 1)
        #expect(try await company.client("mei").send("GET", "/api/v1/me").status == 200)
    }

    @Test func `a key with the scope of reading cannot write`() async throws {
        let company = try await Company.shared.value
        let made = try await company.client("mei").send("POST", "/api/v1/api-keys", #"{"name":"r","scopes":"read"}"#)
        // A key makes no key: only a person who is logged in does.
        #expect([201, 403].contains(made.status))
        let body = #"{"email":"mei@example.com","password":"\#(Company.password)"}"#
        let opened = try await company.stranger.send("POST", "/api/v1/session", body)
        var browser = company.stranger
        browser.headers["Cookie"] = String((opened.headers["set-cookie"] ?? "").prefix { $0 != ";" })
        browser.headers["X-CSRF-Token"] = opened.json["csrf_token"]?.string ?? ""
        let key = try await browser.send("POST", "/api/v1/api-keys", #"{"name":"r","scopes":"read"}"#)
        #expect(key.status == 201)
        var reader = company.stranger
        reader.headers["Authorization"] = "Bearer " + (key.json["token"]?.string ?? "")
        #expect(try await reader.send("GET", "/api/v1/customers").status == 200)
        #expect(try await reader.send("POST", "/api/v1/customers", #"{"name":"x"}"#).status == 403)
    }

    @Test func `an import and an export go over the wire`() async throws {
        let ann = try await Company.shared.value.client("ann")
        let form =
            "--B\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\ncustomers\r\n"
            + "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
            + "name,phone\n导入甲,13800138001\n导入乙,123\r\n--B--\r\n"
        let type = ["Content-Type": "multipart/form-data; boundary=B"]
        let started = try await ann.send("POST", "/api/v1/imports", form, headers: type)
        #expect(started.status == 202)
        let path = try #require(started.headers["location"])
        var status = try await ann.send("GET", path)
        for _ in 0..<100 where status.json["finished_at"]?.string == nil {
            try await Task.sleep(for: .milliseconds(50))
            status = try await ann.send("GET", path)
        }
        #expect(status.json["created"]?.integer == 1)
        #expect(status.json["failed"]?.integer == 1)
        #expect(try await ann.send("GET", path + "/errors").text.contains("导入乙"))
        let export = try await ann.send("GET", "/api/v1/customers/export?format=jsonl&q=%E5%AF%BC%E5%85%A5%E7%94%B2")
        #expect(export.status == 200)
        #expect(export.text.contains("导入甲"))
        #expect(try await ann.send("POST", "/api/v1/imports", "{}").status == 415)
        #expect(try await ann.send("POST", "/api/v1/imports", "--B", headers: type).status == 400)
    }
}
