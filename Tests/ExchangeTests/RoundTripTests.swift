import Database
import Exchange
import Files
import Foundation
import Records
import SQLText
import Testing
import Values

@Suite struct RoundTripTests {
    private let texts = [
        "=1+1 𠮷", "'=1+1", "''@x", "'plain", "+86 👩‍👩‍👧", "-3", "@SUM(A1)", "a_x000D_b", "_x005F_", "1e5", "007", "TRUE",
        "＝全角", "a|b;c,d\"e'", "Zoë ﷽",
    ]

    private func open() async throws -> Workshop {
        let shop = try await Workshop.open()
        let day = Day(daysSince1970: 0)
        try await shop.engine.database.write { try Rates.set("USD", from: day, rate: 7_000_000, on: $0) }
        return shop
    }

    private func fill(_ shop: Workshop) async throws {
        let customer = try await shop.make("customers", #"{"name":"=锦里 𠮷"}"#)
        for (index, text) in texts.enumerated() {
            var json = JSONWriter()
            json.object { json in
                json.member("name", text)
                json.member("place", text)
                json.member("note", "一行\n" + text + "\r\n\t二行 ")
                json.member("count", index == 0 ? Int64(9_007_199_254_740_993) : Int64(-index))
                json.member("weight", index == 0 ? "-922337203685.477" : "0.001")
                json.key("price")
                json.object { json in
                    json.member("value", "-12345.67")
                    json.member("currency", index % 2 == 0 ? "CNY" : "USD")
                }
                json.member("bought_on", index == 0 ? "1899-12-31" : "2024-02-29")
                json.member("made_at", "2026-11-22T08:30:00.123Z")
                json.member("state", "old")
                json.member("lent", index % 2 == 0)
                json.key("colours")
                json.array { json in for item in ["b", "r"] { json.string(item) } }
                json.key("words")
                json.array { json in for item in ["=a, b", "c；d", "𠮷"] { json.string(item) } }
                json.member("call", "+8613900005678")
                json.member("mail", "a@example.cn")
                json.member("page", "https://example.cn/锦里?a=1&b=2")
                json.key("lies_at")
                json.object { json in
                    for part in ["street", "country", "province", "city", "district", "postal_code"] {
                        json.member(part, "=\(part) 𠮷")
                    }
                }
                json.member("of", customer.description)
            }
            try await shop.make("tools", json.text)
        }
    }

    private let keys = [
        "name", "place", "note", "count", "weight", "price", "bought_on", "made_at", "state", "lent", "colours",
        "words", "call", "mail", "page", "lies_at",
    ]

    private func bytes(_ shop: Workshop, _ format: ExportFormat) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await Export.write(
            shop.engine,
            object: "tools",
            format: format,
            as: shop.admin,
            scratch: shop.folder,
            store: shop.files.store
        ) { bytes += $0 }
        return bytes
    }

    @Test(arguments: ExportFormat.all.filter { !$0.isCards })
    func `what goes out of one workspace comes whole into another`(_ format: ExportFormat) async throws {
        let (from, to) = (try await open(), try await open())
        try await fill(from)
        try await to.make("customers", #"{"name":"=锦里 𠮷"}"#)
        let path = to.folder + "/tools." + format.suffix
        try Data(try await bytes(from, format)).write(to: URL(filePath: path))
        let preview = try await to.imports.preview(path, object: "tools", as: to.admin)
        // Ids and numbers of another workspace find nothing here.
        if preview.headers.contains("id") { #expect(preview.match == []) }
        let id = try await to.imports.start(ImportRequest(file: path, object: "tools"), as: to.admin)
        let status = try await to.imports.run(id, as: to.admin)
        let why1 = try await to.imports.reasons(id, as: to.admin)
        #expect(status.counts.created == Int64(texts.count), "\(why1)")
        let (before, after) = (try await from.all("tools"), try await to.all("tools"))
        for (old, new) in zip(before, after) {
            for key in keys {
                // For people, moments are shown to the second.
                if key == "made_at", format == .csv(.safe) || format == .workbook(.safe) { continue }
                #expect(new[key] == old[key], "\(format.name) \(key)")
            }
            #expect(new["of"]?["name"] == old["of"]?["name"], "\(format.name)")
        }
    }

    @Test func `no cell of the forms for spreadsheets is run by one`() async throws {
        let shop = try await open()
        try await fill(shop)
        let path = shop.folder + "/safe.xlsx"
        try Data(try await bytes(shop, .workbook(.safe))).write(to: URL(filePath: path))
        let preview = try await shop.imports.preview(path, object: "tools", as: shop.admin)
        let csv = try await shop.export("tools", .csv(.safe))
        let file = try shop.file("safe.csv", csv)
        for cells in preview.rows + (try rows(file)).map(\.cells) {
            for cell in cells where Double(cell) == nil { #expect(!CSVWriter.looksLikeFormula(cell), "\(cell)") }
        }
    }

    @Test func `rows that failed come back corrected, formulas and all`() async throws {
        let shop = try await Workshop.open()
        let status = try await shop.run("tools", "name,count,note\n=1+1,x,'=2\nok,1,\n'@a,y,-5\n")
        #expect(status.counts.created == 1 && status.counts.failed == 2)
        let path = try #require(try await shop.imports.errorsFile(status.id, as: shop.admin))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("'=1+1,x,'=2,"))
        let corrected = text.replacingOccurrences(of: ",x,", with: ",3,").replacingOccurrences(of: ",y,", with: ",4,")
        let again = try await shop.run("tools", corrected)
        let why2 = try await shop.imports.reasons(again.id, as: shop.admin)
        #expect(again.counts.created == 2, "\(why2)")
        let tools = try await shop.all("tools")
        #expect(tools.map { $0["name"]?.string } == ["ok", "=1+1", "@a"])
        #expect(tools.map { $0["note"]?.string } == [nil, "=2", "-5"])
    }
}
