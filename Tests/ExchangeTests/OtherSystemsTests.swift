import Customers
import Exchange
import Foundation
import Identity
import Records
import Sales
import Schema
import Testing
import Values

/// Files as other systems and people write them: words, dates, numbers, titles above the columns.
@Suite struct OtherSystemsTests {
    private func days(_ shop: Workshop) async throws -> [String?] {
        try await shop.all("tools").map { $0["bought_on"]?.string }
    }

    private func lines(_ heading: String, _ values: [String]) -> String {
        "name,\(heading)\n" + values.enumerated().map { "t\($0.offset),\"\($0.element)\"\n" }.joined()
    }

    // MARK: Dates

    @Test func `a value over twelve decides which number of all dates is the month`() async throws {
        let shop = try await Workshop.open()
        let status = try await shop.run("tool", lines("bought_on", ["5/9/2022", "05/10/2022", "25/9/2022"]))
        #expect(status.counts.created == 3)
        #expect(try await days(shop) == ["2022-09-05", "2022-10-05", "2022-09-25"])
        let american = try await Workshop.open()
        try await american.run("tool", lines("bought_on", ["5/9/2022", "9/25/2022"]))
        #expect(try await days(american) == ["2022-05-09", "2022-09-25"])
    }

    @Test func `dates that could be either are asked about and never guessed`() async throws {
        let shop = try await Workshop.open()
        let text = lines("bought_on", ["5/9/2022", "6/9/2022", "7/7/2022"])
        let refused = await problem { try await shop.run("tool", text) }
        #expect(refused?.fields.first?.code == "unclear_dates")
        #expect(refused?.fields.first?.field == "bought_on")
        #expect(try await shop.count("tools") == 0)
        let mapping = try ImportMapping(
            try JSONReader.parse(#"{"columns": {"name": "name", "bought_on": {"field": "bought_on", "dates": "mdy"}}}"#)
        )
        try await shop.run("tool", text) { $0.mapping = mapping }
        #expect(try await days(shop) == ["2022-05-09", "2022-06-09", "2022-07-07"])
    }

    @Test func `dates of both orders in one column are asked about too`() async throws {
        let shop = try await Workshop.open()
        let refused = await problem { try await shop.run("tool", lines("bought_on", ["25/9/2022", "9/25/2022"])) }
        #expect(refused?.fields.first?.code == "unclear_dates")
    }

    @Test func `dates are read in the forms that people and programs write`() async throws {
        let shop = try await Workshop.open()
        let forms = [
            "2022-05-09", "2022年5月9日", "2022.5.9", "2022/5/9", "20220509", "44690", "9 May 2022", "May 9, 2022",
            "09-May-2022",
            "2022-05-09 13:45", "2022-05-08T16:00:00Z", "2022-05-09T00:00:00.000Z", "２０２２／５／９", "2022年05月09日 星期一",
        ]
        let status = try await shop.run("tool", lines("bought_on", forms))
        #expect(status.counts.failed == 0)
        #expect(Set(try await days(shop)) == ["2022-05-09"])
    }

    @Test func `moments with and without zone, with words of the day and as numbers of a spreadsheet`() async throws {
        let shop = try await Workshop.open()
        let forms = [
            "2022-05-09 15:20", "2022/5/9 下午3:20", "2022-05-09T07:20:00Z", "2022-05-09T15:20:00+08:00",
            "May 9, 2022 3:20 PM",
            "2022年5月9日15时20分", "202205091520", "44690.638888888891", "1652080800000", "2022-05-09 07:20:00 UTC",
        ]
        let status = try await shop.run("tool", lines("made_at", forms))
        let reasons = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.failed == 0, "\(reasons)")
        #expect(Set(try await shop.all("tools").map { $0["made_at"]?.string }) == ["2022-05-09T07:20:00.000Z"])
    }

    @Test func `years of two digits need an order, and what is no date stays an error`() async throws {
        let shop = try await Workshop.open()
        let two = try await shop.run("tool", lines("bought_on", ["31/12/22", "1/2/22"]))
        #expect(two.counts.created == 2)
        #expect(try await days(shop) == ["2022-12-31", "2022-02-01"])
        let bad = try await shop.run("tool", lines("bought_on", ["31/2/2022", "下周", "2022-13-01", "5月9日"]))
        #expect(bad.counts.failed == 4)
    }

    // MARK: Numbers

    @Test func `amounts with units, separators and signs are read`() async throws {
        let shop = try await Workshop.open()
        let forms = [
            "1.5万": "15000.00", "3亿": "300000000.00", "¥1,234.50": "1234.50", "1,234": "1234.00", "(200)": "-200.00",
            "1亿2000万元": "120000000.00", "RMB 1 000.00": "1000.00", "５００元": "500.00", "12万元": "120000.00",
            "-3.5千": "-3500.00",
        ]
        for (text, value) in forms {
            let one = try await Workshop.open()
            let status = try await one.run("tool", lines("price", [text]))
            #expect(status.counts.created == 1, "\(text)")
            #expect(try await one.all("tools").first?["price"]?["value"]?.string == value, "\(text)")
        }
        // There is no rate for dollars here: that the currency was understood is told by the reason.
        let dollars = try await shop.run("tool", lines("price", ["US$ 12.30", "USD 5", "$7"]))
        let why = try await shop.imports.reasons(dollars.id, as: shop.admin)
        #expect(why.count == 3 && why.allSatisfy { $0.contains("USD") }, "\(why)")
    }

    @Test func `the whole column decides whether a comma stands before the decimals`() async throws {
        let shop = try await Workshop.open()
        try await shop.run("tool", "name;price\na;1.234,56\nb;1.234\nc;7,5\n")
        #expect(try await shop.all("tools").map { $0["price"]?["value"]?.string } == ["1234.56", "1234.00", "7.50"])
        let weights = lines("weight", ["1.234", "2.500"])
        let refused = await problem { try await shop.run("tool", weights) }
        #expect(refused?.fields.first?.code == "unclear_decimals")
        let mapping = try ImportMapping(
            try JSONReader.parse(#"{"columns": {"name": "name", "weight": {"field": "weight", "decimals": "."}}}"#)
        )
        #expect(try await shop.run("tool", weights) { $0.mapping = mapping }.counts.created == 2)
    }

    @Test func `a unit in the cell goes before the unit of the heading`() async throws {
        let shop = try await Workshop.open()
        try await shop.run("customer", "客户名称,年营业额（万元）\n甲公司,120\n乙公司,1.5亿\n")
        #expect(
            try await shop.all("customers").map { $0["annual_revenue"]?["value"]?.string } == [
                "1200000.00", "150000000.00",
            ]
        )
    }

    // MARK: Choices and people

    @Test func `words of another system are matched with the choices, and new ones are added by those who may`()
        async throws
    {
        let shop = try await Workshop.open()
        let path = try shop.file("a.csv", "name,state\na,旧的\nb,NEW\nc,借出\nd,借出\n")
        let preview = try await shop.imports.preview(path, object: "tool", as: shop.admin)
        let values = try #require(preview.values[1]).values
        #expect(values.map(\.text) == ["借出", "NEW", "旧的"])
        #expect(values.map(\.count) == [2, 1, 1])
        #expect(values.map(\.target) == [nil, "new", nil])
        var mapping = preview.mapping
        mapping.columns[1].values["旧的"] = "old"
        mapping.columns[1].additions = ["借出"]
        var request = ImportRequest(file: path, object: "tool")
        request.mapping = mapping
        let refused = await problem { _ = try await shop.imports.start(request, as: shop.li) }
        #expect(refused?.kind == .forbidden)
        request.isDryRun = true
        let trial = try await shop.imports.run(try await shop.imports.start(request, as: shop.admin), as: shop.admin)
        #expect(trial.counts.created == 4)
        #expect(shop.engine.schema.object("tool")?.field("state")?.kind.choices.count == 2)
        request.isDryRun = false
        let status = try await shop.imports.run(try await shop.imports.start(request, as: shop.admin), as: shop.admin)
        #expect(status.counts.created == 4)
        let made = try #require(shop.engine.schema.object("tool")?.field("state")?.kind.choices.last)
        #expect(made.label.zh == "借出")
        #expect(try await shop.all("tools").map { $0["state"]?.string } == ["old", "new", made.key, made.key])
    }

    @Test func `entries of a cell with several choices are matched one by one`() async throws {
        let shop = try await Workshop.open()
        let mapping = try ImportMapping(
            try JSONReader.parse(
                #"{"columns": {"name": "name", "colours": {"field": "colours", "values": {"绯": "r", "靛": "b", "无": null}}}}"#
            )
        )
        try await shop.run("tool", "name,colours\na,绯；靛\nb,无\n") { $0.mapping = mapping }
        let colours = try await shop.all("tools").map { $0["colours"]?.array?.compactMap(\.string) ?? [] }
        #expect(colours == [["r", "b"], []])
    }

    @Test func `stages of other systems find ours`() async throws {
        let shop = try await Workshop.open()
        let text = "Opportunity Name,Stage,Amount\n甲,Closed Won,5\n乙,2-谈判审核,6\n丙,丢单,7\n"
        let path = try shop.file("a.csv", text)
        let values = try await shop.imports.preview(path, object: "opportunity", as: shop.admin).values[1]?.values
        #expect(Set(values?.compactMap(\.target) ?? []) == ["won", "negotiating", "lost"])
    }

    @Test func `owners are found by name, by e-mail and by the sound of their name`() async throws {
        let shop = try await Workshop.open()
        let path = try shop.file("a.csv", "name,Owner\na,李雷\nb,u2@example.com\nc,Lei Li\nd,王芳 <u2@example.com>\ne,赵六\n")
        let preview = try await shop.imports.preview(path, object: "tool", as: shop.admin)
        let values = try #require(preview.values[1]).values
        let targets = Dictionary(uniqueKeysWithValues: values.map { ($0.text, $0.target) })
        let (li, wang) = (shop.li.userID?.description, shop.wang.userID?.description)
        #expect(targets["李雷"] == li && targets["Lei Li"] == li)
        #expect(targets["u2@example.com"] == wang && targets["王芳 <u2@example.com>"] == wang)
        #expect(targets["赵六"] == .some(nil))
        var request = ImportRequest(file: path, object: "tool")
        request.mapping = preview.mapping
        let status = try await shop.imports.run(try await shop.imports.start(request, as: shop.admin), as: shop.admin)
        #expect(status.counts.created == 4 && status.counts.failed == 1)
    }

    @Test func `the next file with the same headings is matched as the last one was`() async throws {
        let shop = try await Workshop.open()
        let mapping = try ImportMapping(
            try JSONReader.parse(
                #"{"columns": {"品名": "name", "情况": {"field": "state", "values": {"能用": "new"}}, "日子": {"field": "bought_on", "dates": "dmy"}}}"#
            )
        )
        try await shop.run("tool", "品名,情况,日子\na,能用,5/9/2022\n") {
            ($0.mapping, $0.mode, $0.match) = (mapping, .upsert, ["name"])
        }
        let again = try shop.file("b.csv", "日子,品名,情况\n6/9/2022,b,能用\n")
        let preview = try await shop.imports.preview(again, object: "tool", as: shop.admin)
        #expect(preview.mapping.columns.map(\.field) == ["bought_on", "name", "state"])
        #expect(preview.mapping.columns[0].dates == .dayFirst)
        #expect(preview.mapping.columns[2].values == ["能用": "new"])
        #expect(preview.mode == .upsert && preview.match == ["name"])
        #expect(preview.questions.isEmpty)
        guard case .earlier(let name, _)? = preview.origin else { throw Problem.notFound }
        #expect(name == "管理员")
    }

    // MARK: Headings

    @Test func `titles above the columns are passed over, and the row can be set by hand`() async throws {
        let shop = try await Workshop.open()
        let text = "2026年工具清单,,\n制表：李雷,,\n\nname,place,count\na,仓库,1\nb,车间,2\n"
        let path = try shop.file("a.csv", text)
        let preview = try await shop.imports.preview(path, object: "tool", as: shop.admin)
        #expect(preview.headers == ["name", "place", "count"])
        #expect(preview.heading == 4)
        let status = try await shop.run("tool", text)
        #expect(status.counts.created == 2)
        let odd = "x,y\nname,place\nc,仓库\n"
        #expect(try await shop.run("tool", odd) { $0.heading = 2 }.counts.created == 1)
        let beyond = await problem { try await shop.run("tool", odd) { $0.heading = 9 } }
        #expect(beyond?.code == "empty_file")
    }

    @Test func `exports of known systems are recognised by their headings`() async throws {
        let shop = try await Workshop.open()
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: try sample("known_export_headers.json"))))
        let known = try #require(try JSONReader.parse(bytes).members)
        let systems = [
            "google_contacts_csv_classic": "Google Contacts", "outlook_contacts_csv": "Outlook",
            "hubspot_contacts": "HubSpot",
            "hubspot_companies": "HubSpot", "hubspot_deals": "HubSpot", "salesforce_account_api": "Salesforce",
            "salesforce_lead_report": "Salesforce", "zoho_leads_demo": "Zoho CRM", "zoho_contacts_demo": "Zoho CRM",
            "zoho_accounts_demo": "Zoho CRM", "zoho_potentials_demo": "Zoho CRM",
        ]
        for member in known {
            let headers = member.value.array?.compactMap(\.string) ?? []
            let line = headers.map { "\"\($0)\"" }.joined(separator: ",")
            let path = try shop.file("\(member.key).csv", line + "\n" + line + "\n")
            let origin = try await shop.imports.preview(path, object: "customer", as: shop.admin).origin
            var found: String?
            if case .system(let label)? = origin { found = label.en }
            #expect(found == systems[member.key], "\(member.key)")
        }
        for (headers, name) in [
            ("客户名称,负责人,负责人主属部门,生命状态,锁定状态,相关团队,客户级别", "纷享销客"),
            ("客户名称,客户来源,客户行业,客户级别,成交状态,下次联系时间,最后跟进时间,备注", "悟空 CRM"),
        ] {
            let path = try shop.file("\(name).csv", headers + "\n")
            let origin = try await shop.imports.preview(path, object: "customer", as: shop.admin).origin
            guard case .system(let label)? = origin else { throw Problem.notFound }
            #expect(label.zh == name)
        }
    }
}
