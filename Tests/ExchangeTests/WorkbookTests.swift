import Exchange
import Foundation
import Records
import Testing
import Values

@Suite struct WorkbookTests {
    private func preview(_ shop: Workshop, _ path: String) async throws -> ImportPreview {
        try await shop.imports.preview(path, object: "customers", fileName: "a.xlsx", as: shop.admin)
    }

    @Test func `a workbook of a customer is read as its owner sees it`() async throws {
        let shop = try await Workshop.open()
        let preview = try await preview(shop, try sample("customers.xlsx"))
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: try sample("customers-xlsx-expected.json"))))
        let expected = try JSONReader.parse(bytes)
        #expect(preview.format == .workbook(sheet: expected["sheet"]?.string ?? ""))
        #expect(preview.sheets == ["客户"])
        let rows = expected["rows"]?.array ?? []
        #expect(preview.rows.count == rows.count && rows.count == 25)
        for (row, wanted) in zip(preview.rows, rows) {
            for member in wanted.members ?? [] {
                let index = try #require(preview.headers.firstIndex(of: member.key))
                let cell = row.indices.contains(index) ? row[index] : ""
                switch member.value {
                case .null: #expect(cell == "")
                case .string(let text): #expect(cell == text)
                case .bool(let flag): #expect(cell == (flag ? "true" : "false"))
                case .number(let text): #expect(Double(cell) == Double(text) && !cell.contains("e"))
                default: Issue.record("\(member.key)")
                }
            }
        }
        #expect(preview.problems.contains { $0.zh.contains("金额公式") })
        #expect(preview.mapping.columns.first { $0.header == "年营业额（万元）" }?.scale == 10_000)
        #expect(try preview.format.rows(try sample("customers.xlsx")) == 25)
    }

    @Test func `rows of a workbook keep the numbers that the spreadsheet shows`() async throws {
        let shop = try await Workshop.open()
        var request = ImportRequest(file: try sample("customers.xlsx"), object: "customers")
        request.fileName = "customers.xlsx"
        var mapping = try await preview(shop, try sample("customers.xlsx")).mapping
        let index = try #require(mapping.columns.firstIndex { $0.header == "比例" })
        mapping.columns[index].field = "employees"
        request.mapping = mapping
        let failed = try await shop.imports.run(try await shop.imports.start(request, as: shop.admin), as: shop.admin)
        #expect(failed.counts.failed == 25)
        let reasons = try await shop.imports.reasons(failed.id, as: shop.admin)
        #expect(reasons.first?.hasPrefix("第 4 行：") == true)
        request.mapping = nil
        let done = try await shop.imports.run(try await shop.imports.start(request, as: shop.admin), as: shop.admin)
        let why1 = try await shop.imports.reasons(done.id, as: shop.admin)
        #expect(done.counts.created == 25, "\(why1)")
        let first = try #require(try await shop.all("customers").first { $0["name"]?.string == "成都北辰食品有限公司" })
        #expect(first["annual_revenue"]?["value"]?.string == "79621000.00")
    }

    @Test func `an import of a workbook goes on after a crash where it was`() async throws {
        struct Crash: Error {}
        let shop = try await Workshop.open()
        let rows = (2...601).map { row in
            "<row r=\"\(row)\"><c r=\"A\(row)\" t=\"inlineStr\"><is><t>工具 \(row)</t></is></c></row>"
        }
        let path = shop.folder + "/big.xlsx"
        let head = #"<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>"#
        try workbook(path, sheet: "<worksheet><sheetData>\(head)\(rows.joined())</sheetData></worksheet>")
        let id = try await shop.imports.start(ImportRequest(file: path, object: "tools"), as: shop.admin)
        await #expect(throws: Crash.self) {
            try await shop.imports.run(id, as: shop.admin) { status in if status.counts.total >= 100 { throw Crash() } }
        }
        let again = try Imports(shop.engine, directory: shop.folder + "/imports")
        let status = try await again.run(id, as: shop.admin)
        #expect(status.counts.created == 600)
        #expect(try await shop.count("tools") == 600)
    }

    @Test func `shared strings, rich text, phonetic text and dates from 1904`() async throws {
        let shop = try await Workshop.open()
        let path = shop.folder + "/a.xlsx"
        let strings = """
            <sst><si><t>name</t></si><si><t>note</t></si><si><r><t>𠮷</t></r><r><t xml:space="preserve"> 野</t></r>\
            <rPh sb="0" eb="1"><t>よし</t></rPh></si><si><t>a_x000D_b_x005F_x000D_</t></si></sst>
            """
        let sheet = """
            <x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row>\
            <x:row><x:c t="s"><x:v>2</x:v></x:c><x:c t="s"><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>
            """
        try workbook(path, sheet: sheet, strings: strings)
        let preview = try await shop.imports.preview(path, object: "tools", as: shop.admin)
        #expect(preview.headers == ["name", "note"])
        #expect(preview.rows == [["𠮷 野", "a\rb_x000D_"]])
    }

    @Test func `bombs and broken workbooks are refused early, in words`() async throws {
        let shop = try await Workshop.open()
        func refused(_ path: String) async -> Problem? {
            await problem { _ = try await shop.imports.preview(path, object: "tools", as: shop.admin) }
        }
        let path = shop.folder + "/bomb.xlsx"
        // 40 MB of blanks in some 40 kB, in the sheet and in its texts.
        try workbook(path, sheet: "<worksheet>", blanks: 40 << 20)
        #expect(await refused(path)?.code == "expands_too_much")
        try workbook(path, sheet: "<worksheet/>", strings: "<sst>", blanks: 40 << 20)
        #expect(await refused(path)?.code == "expands_too_much")

        let entity = #"<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><worksheet><sheetData/></worksheet>"#
        try workbook(path, sheet: entity)
        #expect(await refused(path)?.code == "document_type")

        let wide = (0..<10_000).map { "<c r=\"\(column($0))1\" t=\"inlineStr\"><is><t>h\($0)</t></is></c>" }.joined()
        try workbook(path, sheet: "<worksheet><sheetData><row r=\"1\">\(wide)</row></sheetData></worksheet>")
        #expect(await refused(path)?.code == "too_many_columns")

        let long = String(repeating: "x", count: 5 << 20)
        try workbook(
            path,
            sheet:
                "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>\(long)</t></is></c></row></sheetData></worksheet>"
        )
        #expect(await refused(path)?.code == "row_too_long")
        try workbook(path, sheet: "<worksheet a=\"\(long)\"/>")
        #expect(await refused(path)?.code == "damaged_file")
        try workbook(path, sheet: String(repeating: "<a>", count: 100_000))
        #expect(await refused(path)?.code == "damaged_file")

        try archive(path, [("a.txt", "hello")])
        #expect(await refused(path)?.code == "not_a_workbook")
        let whole = try Data(contentsOf: URL(filePath: try sample("customers.xlsx")))
        for part in [4, 100, whole.count / 2, whole.count - 10] {
            try whole.prefix(part).write(to: URL(filePath: path))
            #expect(await refused(path)?.code == "damaged_file", "\(part)")
        }
    }

    private func column(_ index: Int) -> String {
        var (text, rest) = ("", index + 1)
        while rest > 0 {
            text = String(UnicodeScalar(UInt8(65 + (rest - 1) % 26))) + text
            rest = (rest - 1) / 26
        }
        return text
    }

    @Test func `a table of ten thousand columns and a cell without end are refused as CSV too`() async throws {
        let shop = try await Workshop.open()
        let wide = (0..<10_000).map { "h\($0)" }.joined(separator: ",") + "\n"
        let path = try shop.file("wide.csv", wide)
        let problem1 = await problem { _ = try await shop.imports.preview(path, object: "tools", as: shop.admin) }
        #expect(problem1?.code == "too_many_columns")
        let endless = try shop.file("endless.csv", "name\n\"" + String(repeating: "x", count: 20 << 20))
        let problem2 = await problem { _ = try await shop.imports.preview(endless, object: "tools", as: shop.admin) }
        #expect(problem2?.code == "row_too_long")
    }
}
