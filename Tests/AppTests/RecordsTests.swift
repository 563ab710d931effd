import Testing
import Values

/// What the API promises about records.
@Suite struct RecordsOverHTTPTests {
    private let api = "/api/v1/customers"

    @Test func `a record is made, read, changed, deleted and restored`() async throws {
        let ann = try await Company.shared.value.client("ann")
        let made = try await ann.send("POST", api, #"{"name":"远大机械","phone":"13800138000"}"#)
        #expect(made.status == 201)
        let id = try #require(made.json["id"]?.string)
        #expect(made.headers["location"] == "\(api)/\(id)")
        #expect(made.headers["etag"]?.hasPrefix("\"1-") == true)
        #expect(id.utf8.count == 13)
        let read = try await ann.send("GET", "\(api)/\(id)")
        #expect(read.json["name"]?.string == "远大机械")
        let changed = try await ann.send("PATCH", "\(api)/\(id)", #"{"name":"远大集团"}"#)
        #expect(changed.status == 200)
        #expect(changed.headers["etag"]?.hasPrefix("\"2-") == true)
        #expect(try await ann.send("DELETE", "\(api)/\(id)").status == 204)
        #expect(try await ann.send("GET", "\(api)/\(id)").status == 404)
        #expect(try await ann.send("GET", "\(api)/\(id)?deleted=true").status == 200)
        #expect(try await ann.send("POST", "\(api)/\(id)/restore").status == 200)
        #expect(try await ann.send("GET", "\(api)/\(id)").status == 200)
        #expect(try await ann.send("DELETE", "\(api)/\(id)?forever=true").status == 204)
        #expect(try await ann.send("GET", "\(api)/\(id)?deleted=true").status == 404)
    }

    @Test func `a stale version is refused, and an unchanged record is not sent again`() async throws {
        let company = try await Company.shared.value
        let (ann, id) = (company.client("ann"), try await company.customer("版本"))
        let tag = ["If-Match": "\"1\""]
        #expect(try await ann.send("PATCH", "\(api)/\(id)", #"{"name":"一"}"#, headers: tag).status == 200)
        let stale = try await ann.send("PATCH", "\(api)/\(id)", #"{"name":"二"}"#, headers: tag)
        #expect(stale.status == 412)
        #expect(stale.code == "stale_version")
        #expect(try await ann.send("PATCH", "\(api)/\(id)", #"{"name":"三","version":1}"#).status == 412)
        #expect(try await ann.send("DELETE", "\(api)/\(id)", headers: tag).status == 412)
        let now = try await ann.send("GET", "\(api)/\(id)").headers["etag"] ?? ""
        let same = try await ann.send("GET", "\(api)/\(id)", headers: ["If-None-Match": now])
        #expect(same.status == 304)
        #expect(same.body.isEmpty)
        #expect(try await ann.send("GET", "\(api)/\(id)", headers: ["If-None-Match": "\"1\""]).status == 200)
        #expect(try await ann.send("PATCH", "\(api)/\(id)", #"{"name":"四"}"#, headers: ["If-Match": now]).status == 200)
    }

    @Test func `a record whose linked or derived values have changed is sent again`() async throws {
        let company = try await Company.shared.value
        let (ann, id) = (company.client("ann"), try await company.customer("甲方"))
        let body = #"{"name":"孙工","customer":"\#(id)"}"#
        let contact = try await ann.send("POST", "/api/v1/contacts", body).json["id"]?.string ?? ""
        func tag(_ path: String) async throws -> [String: String] {
            ["If-None-Match": try await ann.send("GET", path).headers["etag"] ?? ""]
        }
        let (one, other) = ("/api/v1/contacts/\(contact)", "\(api)/\(id)")
        let (linked, derived) = (try await tag(one), try await tag(other))
        #expect(try await ann.send("GET", one, headers: linked).status == 304)
        #expect(try await ann.send("GET", other, headers: derived).status == 304)
        _ = try await ann.send("PATCH", other, #"{"name":"改名"}"#)
        #expect(try await ann.send("GET", one, headers: linked).json["customer"]?["name"]?.string == "改名")
        let again = try await tag(other)
        _ = try await ann.send("POST", "/api/v1/activities", #"{"kind":"call","subject":"电","customer":"\#(id)"}"#)
        let answer = try await ann.send("GET", other, headers: again)
        #expect(answer.status == 200 && answer.json["version"]?.integer == 2)
        #expect(answer.json["last_activity_at"]?.string != nil)
    }

    @Test func `a list is filtered, sorted, cut to fields, counted and paged to its end`() async throws {
        let company = try await Company.shared.value
        let ann = company.client("ann")
        for number in 1...7 { _ = try await company.customer("翻页公司\(number)") }
        let filter = "filter=name%20contains%20%22%E7%BF%BB%E9%A1%B5%E5%85%AC%E5%8F%B8%22"
        var (names, cursor): ([String], String?) = ([], nil)
        repeat {
            let from = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try await ann.send("GET", "\(api)?\(filter)&sort=-name&fields=name&limit=3&total=true\(from)")
            #expect(page.status == 200)
            #expect(page.json["total"]?.integer == 7)
            let rows = try #require(page.json["data"]?.array)
            #expect(rows.allSatisfy { $0.members?.map(\.key) == ["id", "name"] })
            names += rows.compactMap { $0["name"]?.string }
            cursor = page.json["next"]?.string
        } while cursor != nil
        #expect(names == (1...7).reversed().map { "翻页公司\($0)" })
        #expect(try await ann.send("GET", "\(api)?limit=1").json["total"] == nil)
    }

    @Test(arguments: [
        "limit=0", "limit=201", "limit=x", "sort=nothing", "fields=nothing", "filter=name%20=", "filter=%FF", "q=%00",
        "cursor=rubbish", "total=maybe", "filters=x", "filter=salary%20%3E%201",
    ])
    func `a list says what is wrong with its address`(query: String) async throws {
        let answer = try await Company.shared.value.client("ann").send("GET", "\(api)?\(query)")
        #expect(answer.status == 400)
        #expect(answer.headers["content-type"] == "application/problem+json")
    }

    @Test func `unknown fields and wrong values are named one by one`() async throws {
        let ann = try await Company.shared.value.client("ann")
        let answer = try await ann.send("POST", api, #"{"name":5,"colour":"red","phone":"12","version":1}"#)
        #expect(answer.status == 422)
        let fields = answer.json["errors"]?.array?.compactMap { $0["field"]?.string } ?? []
        #expect(Set(fields).isSuperset(of: ["colour", "phone"]))
    }

    @Test func `what one may not see is not there, what one may not do is not allowed`() async throws {
        let company = try await Company.shared.value
        let (ann, bo, rita) = (company.client("ann"), company.client("bo"), company.client("rita"))
        let id = try await company.customer("只有老板知道")
        #expect(try await bo.send("GET", "\(api)/\(id)").status == 404)
        #expect(try await bo.send("PATCH", "\(api)/\(id)", #"{"name":"x"}"#).status == 404)
        #expect(try await rita.send("GET", "\(api)/\(id)").status == 200)
        #expect(try await rita.send("PATCH", "\(api)/\(id)", #"{"name":"x"}"#).status == 403)
        #expect(try await rita.send("POST", api, #"{"name":"x"}"#).status == 403)
        let boss = try await bo.send("GET", "/api/v1/me").json["id"]?.string ?? ""
        #expect(try await ann.send("POST", "\(api)/\(id)/shares", #"{"user":"\#(boss)"}"#).status == 201)
        #expect(try await bo.send("GET", "\(api)/\(id)").status == 200)
        #expect(try await bo.send("PATCH", "\(api)/\(id)", #"{"name":"x"}"#).status == 403)
        let access = try await ann.send("GET", "\(api)/\(id)/access")
        let names = access.json["data"]?.array?.compactMap { $0["user"]?["name"]?.string } ?? []
        #expect(Set(names) == ["Ann", "Bo", "Rita"])
        let own = try await company.customer("小博的客户", by: "bo")
        #expect(try await company.client("mei").send("GET", "\(api)/\(own)").status == 200)
        #expect(try await company.client("cy").send("GET", "\(api)/\(own)").status == 404)
        #expect(try await bo.send("DELETE", "\(api)/\(own)?forever=true").status == 403)
    }

    @Test func `an atomic batch is done whole or not at all`() async throws {
        let company = try await Company.shared.value
        let (ann, id) = (company.client("ann"), try await company.customer("批量"))
        let bad = #"""
            {"operations":[{"op":"update","id":"\#(id)","data":{"name":"变了"}},{"op":"create","data":{"nome":"x"}}]}
            """#
        let refused = try await ann.send("POST", "\(api)/batch", bad)
        #expect(refused.status == 422)
        #expect(refused.json["errors"]?.array?.first?["field"]?.string == "operations[1].nome")
        #expect(try await ann.send("GET", "\(api)/\(id)").json["name"]?.string == "批量")
        let partly = try await ann.send("POST", "\(api)/batch", #"{"atomic":false,"# + bad.dropFirst())
        #expect(partly.status == 200)
        let results = partly.json["results"]?.array ?? []
        #expect(results.map { $0["status"]?.integer } == [200, 422])
        #expect(try await ann.send("GET", "\(api)/\(id)").json["name"]?.string == "变了")
    }

    @Test func `mass changes touch what is selected and nothing else`() async throws {
        let company = try await Company.shared.value
        let ann = company.client("ann")
        let ids = [try await company.customer("群改一"), try await company.customer("群改二")]
        #expect(try await ann.send("POST", "\(api)/update-all", #"{"data":{"description":"x"}}"#).status == 422)
        let body = #"{"ids":["\#(ids[0])"],"data":{"name":"群改完"}}"#
        let changed = try await ann.send("POST", "\(api)/update-all", body)
        #expect(changed.json["changed"]?.integer == 1)
        #expect(try await ann.send("GET", "\(api)/\(ids[1])").json["name"]?.string == "群改二")
        let gone = try await ann.send("POST", "\(api)/delete-all", #"{"filter":"name starts with \"群改\""}"#)
        #expect(gone.json["changed"]?.integer == 2)
    }

    @Test func `a new object and field are in the API at once`() async throws {
        let ann = try await Company.shared.value.client("ann")
        let objects = "/api/v1/schema/objects"
        let definition = #"{"key":"x_site","label":{"en":"Site","zh":"工地"}}"#
        let plan = try await ann.send("POST", "\(objects)?plan=true", definition)
        #expect(plan.status == 200)
        #expect(plan.json["steps"]?.array?.isEmpty == false)
        #expect(try await ann.send("GET", "/api/v1/x_sites").status == 404)
        #expect(try await ann.send("POST", objects, definition).status == 201)
        let field = #"{"key":"x_size","kind":"number","label":{"en":"Size","zh":"面积"}}"#
        #expect(try await ann.send("POST", "\(objects)/x_site/fields", field).status == 201)
        let made = try await ann.send("POST", "/api/v1/x_sites", #"{"name":"一号","x_size":12}"#)
        #expect(made.status == 201)
        let found = try await ann.send("GET", "/api/v1/x_sites?filter=x_size%20%3E%2010")
        #expect(found.json["data"]?.array?.count == 1)
        #expect(try await ann.send("GET", "/openapi.json").text.contains("/api/v1/x_sites"))
        #expect(try await Company.shared.value.client("bo").send("POST", objects, definition).status == 403)
    }

    @Test func `a customer's timeline and history tell what happened`() async throws {
        let company = try await Company.shared.value
        let (ann, id) = (company.client("ann"), try await company.customer("时间线"))
        _ = try await ann.send("PATCH", "\(api)/\(id)", #"{"name":"时间线二"}"#)
        let history = try await ann.send("GET", "\(api)/\(id)/history")
        #expect(history.json["data"]?.array?.map { $0["action"]?.string } == ["update", "create"])
        #expect(try await ann.send("GET", "\(api)/\(id)/timeline").json["data"]?.array?.isEmpty == false)
        #expect(try await ann.send("GET", "/api/v1/products/\(id)/timeline").status == 404)
    }
}
