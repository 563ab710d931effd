import Foundation
import Testing
import Values

/// Files over HTTP: by the API, and by pages without scripts.
@Suite struct FileTests {
    private static let own = Task { try await Company() }

    private func form(_ name: String, _ bytes: [UInt8], _ fields: [String: String] = [:]) -> [UInt8] {
        var body: [UInt8] = []
        for (key, value) in fields {
            body += Array("--edge\r\nContent-Disposition: form-data; name=\"\(key)\"\r\n\r\n\(value)\r\n".utf8)
        }
        body += Array("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n".utf8)
        return body + bytes + Array("\r\n--edge--\r\n".utf8)
    }

    private let type = ["Content-Type": "multipart/form-data; boundary=edge"]

    @Test func `a file is uploaded, listed and downloaded in parts by who may read the record`() async throws {
        let company = try await FileTests.own.value
        let (ann, cy) = (company.client("ann"), company.client("cy"))
        let customer = try await company.customer("长风")
        let text = Array("合同;第一条".utf8)
        let body = form("合同;1.txt", text, ["object": "customers", "record": customer])
        let made = try await ann.send("POST", "/api/v1/files", bytes: body, headers: type)
        #expect(made.status == 201 && made.json["name"]?.string == "合同;1.txt")
        let id = made.json["id"]?.string ?? ""
        let list = try await ann.send("GET", "/api/v1/customers/\(customer)/files")
        #expect(list.json["data"]?.array?.first?["id"]?.string == id)
        let all = try await ann.send("GET", "/api/v1/files/\(id)")
        #expect(all.body == text)
        #expect(all.headers["content-disposition"]?.contains("filename*=UTF-8''%E5%90%88%E5%90%8C%3B1.txt") == true)
        #expect(all.headers["content-disposition"]?.hasPrefix("attachment") == true)
        #expect(all.headers["x-content-type-options"] == "nosniff")
        #expect(all.headers["content-security-policy"]?.contains("sandbox") == true)
        let part = try await ann.send("GET", "/api/v1/files/\(id)", headers: ["Range": "bytes=0-5"])
        #expect(part.status == 206 && part.text == "合同")
        #expect(part.headers["content-range"] == "bytes 0-5/\(text.count)")
        let tail = try await ann.send("GET", "/api/v1/files/\(id)", headers: ["Range": "bytes=-3"])
        #expect(tail.status == 206 && tail.text == "条")
        let beyond = try await ann.send("GET", "/api/v1/files/\(id)", headers: ["Range": "bytes=999-"])
        #expect(beyond.status == 416)
        let same = try await ann.send("GET", "/files/\(id)", headers: ["If-None-Match": all.headers["etag"] ?? ""])
        #expect(same.status == 304)
        for path in ["/api/v1/files/\(id)", "/api/v1/files/\(id)/info", "/api/v1/customers/\(customer)/files"] {
            #expect(try await cy.send("GET", path).status == 404)
        }
        #expect(try await company.stranger.send("GET", "/api/v1/files/\(id)").status == 401)
        #expect(try await ann.send("DELETE", "/api/v1/files/\(id)").status == 204)
        #expect(try await ann.send("GET", "/api/v1/files/\(id)").status == 404)
        #expect(try await ann.send("POST", "/api/v1/files/\(id)/restore", "{}").status == 200)
    }

    @Test func `a form is read a piece at a time, and its files arrive as they were`() async throws {
        let ann = try await FileTests.own.value.client("ann")
        let head = form("a.bin", []).count - "\r\n--edge--\r\n".utf8.count
        // What separates the parts lies across the end of a piece, just before it, or just behind it.
        for size in [0, 1, 2, (1 << 20) - head - 9, (1 << 20) - head - 4, (1 << 20) - head + 1, 3 << 20] {
            var bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let alike = Array("\r\n--edg".utf8)
            if size > 100 { bytes.replaceSubrange((size - 20)..<(size - 20 + alike.count), with: alike) }
            let made = try await ann.send("POST", "/api/v1/files", bytes: form("a.bin", bytes), headers: type)
            #expect(made.status == 201 && made.json["size"]?.integer == Int64(size))
            let all = try await ann.send("GET", "/api/v1/files/\(made.json["id"]?.string ?? "")")
            #expect(all.body == bytes)
        }
        let half = Array(form("a.bin", [1, 2, 3]).dropLast(10))
        #expect(try await ann.send("POST", "/api/v1/files", bytes: half, headers: type).status == 400)
    }

    @Test func `bytes alone are taken, and what a browser would run is not`() async throws {
        let ann = try await FileTests.own.value.client("ann")
        let raw = ["Content-Type": "application/octet-stream"]
        let made = try await ann.send("POST", "/api/v1/files?name=a.bin", bytes: [0, 1, 2], headers: raw)
        #expect(made.status == 201 && made.json["size"]?.integer == 3)
        let reader = try await FileTests.own.value.client("rita")
        let mayNot = try await reader.send("POST", "/api/v1/files?name=a.bin", bytes: [0, 1, 2], headers: raw)
        #expect(mayNot.status == 403)
        let page = Array("<!doctype html><script>alert(1)</script>".utf8)
        let refused = try await ann.send("POST", "/api/v1/files?name=a.png", bytes: page, headers: raw)
        #expect(refused.status == 415 && refused.code == "file_type_refused")
        let broken = try await ann.send("POST", "/api/v1/files", bytes: Array("--edge".utf8), headers: type)
        #expect(broken.status == 400)
    }

    @Test func `files are added and deleted on a record's page without scripts`() async throws {
        let company = try await FileTests.own.value
        let customer = try await company.customer("页面公司")
        let browser = try await Browser.logIn("ann", company)
        try await browser.open("/customers/\(customer)")
        try await browser.upload("报价.txt", Array("报价".utf8), object: "customers")
        #expect(browser.status == 200 && browser.page.contains("报价.txt"))
        let delete = try #require(browser.action(containing: "/delete", and: "/files/"))
        try await browser.post(delete, [:])
        #expect(!browser.page.contains("download href"))
        let restore = try #require(browser.action(containing: "/restore", and: "/files/"))
        try await browser.post(restore, [:])
        #expect(browser.page.contains("报价.txt"))
        try await browser.upload("x.html", Array("<html>".utf8), object: "customers")
        #expect(browser.page.contains("refused") || browser.page.contains("不允许"))
    }

    @Test func `a field of kind file is filled by the record's form`() async throws {
        let company = try await Company()
        let field = #"{"key":"scan","label":{"en":"Scan","zh":"扫描件"},"kind":"file"}"#
        let ann = company.client("ann")
        #expect(try await ann.send("POST", "/api/v1/schema/objects/customer/fields", field).status == 201)
        let browser = try await Browser.logIn("ann", company)
        try await browser.open("/customers/new")
        let action = try #require(browser.action(containing: "_csrf="))
        var body: [UInt8] = []
        for (name, value) in [("name", "带附件的公司"), ("type", "company"), ("x_scan\"; filename=\"扫描.txt", "正文")] {
            body += Array("--edge\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        try await browser.send(
            action,
            bytes: body + Array("--edge--\r\n".utf8),
            type: "multipart/form-data; boundary=edge"
        )
        #expect(browser.status == 200 && browser.page.contains("扫描.txt"), "\(browser.status)")
        let answer = try await ann.send("GET", "/api/v1/customers?fields=name,x_scan&q=带附件")
        let query = try await ann.send("GET", "/api/v1/customers?fields=name,x_scan")
        #expect(query.json["data"]?.array?.first?["x_scan"]?["name"]?.string == "扫描.txt", "\(answer.text)")
    }

    @Test func `a person is erased by the pages after the name was typed, and what is held is given out`() async throws
    {
        let company = try await FileTests.own.value
        let ann = company.client("ann")
        let made = try await ann.send("POST", "/api/v1/contacts", #"{"name":"王小芳","mobile":"13800138000"}"#)
        let id = made.json["id"]?.string ?? ""
        let held = try await ann.send("GET", "/api/v1/contacts/\(id)/held")
        #expect(held.status == 200 && held.json["record"]?.array?.first?["name"]?.string == "王小芳")
        #expect(try await company.client("bo").send("GET", "/api/v1/contacts/\(id)/held").status == 403)
        let browser = try await Browser.logIn("ann", company)
        try await browser.open("/contacts/\(id)")
        #expect(browser.page.contains("/contacts/\(id)/erase"))
        try await browser.open("/contacts/\(id)/erase")
        try await browser.post("/contacts/\(id)/erase", ["confirm": "小芳"])
        #expect(browser.status == 422)
        try await browser.post("/contacts/\(id)/erase", ["confirm": "王小芳"])
        #expect(browser.status == 200 && browser.path == "/contacts/\(id)")
        #expect(!browser.page.contains("王小芳") && !browser.page.contains("138 0013 8000"))
        try await browser.open("/contacts/\(id)/history")
        #expect(!browser.page.contains("王小芳"))
        try await browser.open("/settings/privacy")
        let rule: KeyValuePairs = ["object": "lead", "days": "365", "field": "updated_at", "action": "erase"]
        try await browser.post("/settings/privacy", rule)
        #expect(browser.status == 200 && browser.page.contains("/off"))
        #expect(try await company.client("mei").send("GET", "/api/v1/retention").status == 403)
    }
}
