import Exchange
import Foundation
import TestSupport
import Testing
import Values

@Suite struct CSVTests {
    private func written(_ bytes: [UInt8]) throws -> String {
        let path = TestFolder.path(".csv")
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    private func cells(_ text: String) throws -> [[String]] { try rows(try written(Array(text.utf8))).map(\.cells) }

    @Test(
        arguments: [
            ("customers-gb18030.csv", TextEncoding.gb18030, UInt8(0x2C)),
            ("customers-utf8-bom-semicolon.csv", .utf8, 0x3B),
            ("customers-utf16le-tab.txt", .utf16LittleEndian, 0x09),
        ]
    )
    func `the same customers are read from every encoding and separator`(
        _ name: String,
        _ encoding: TextEncoding,
        _ separator: UInt8
    ) throws {
        let path = try sample(name)
        let format = try CSVFormat.detect(path)
        #expect(format.encoding == encoding)
        #expect(format.separator == separator)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: try sample("customers-expected.json"))))
        let expected = try JSONReader.parse(bytes)
        let read = try rows(path)
        #expect(read.first?.cells == expected["header"]?.array?.compactMap(\.string))
        #expect(read.dropFirst().map(\.cells) == expected["rows"]?.array?.map { $0.array?.compactMap(\.string) ?? [] })
        #expect(read.allSatisfy { $0.fault == nil })
        // Each row can be the place where reading begins anew.
        let again = try CSVReader(path, format, offset: read[9].end, rows: read[9].number)
        #expect(try again.next() == read[10])
        #expect(read.last?.end == Int64(try Data(contentsOf: URL(filePath: path)).count))
    }

    @Test func `files of another system's loader are read`() throws {
        let quoted = [["column1", "column2"], ["\"The Best\" Account", "bla"], ["The \"Best\" Account", "bla"]]
        #expect(try rows(try sample("dataloader-csvEscapedQuotes.csv")).map(\.cells) == quoted)
        let table = [
            ["column1", "column2", "column3"], ["row1-1", "row1-2", "row1-3"], ["row2-1", "row2-2", "row2-3"],
        ]
        #expect(try rows(try sample("dataloader-csvtext_BOM_UTF8.csv")).map(\.cells) == table)
        #expect(try rows(try sample("dataloader-csvtext_BOM_UTF16LE.csv")).map(\.cells) == table)
        let dates = try rows(try sample("dataloader-dateWithTimeZone.csv"))
        #expect(dates.allSatisfy { $0.cells.count == 9 })
        #expect(try rows(try sample("salesforce-accounts-40.csv")).count == 41)
    }

    @Test func `all line ends, open quotes and empty lines`() throws {
        #expect(try cells("a,b\r1,2\r\r3,\"x\ry\"") == [["a", "b"], ["1", "2"], ["3", "x\ry"]])
        #expect(try cells("a,b\r\n\r\n1,2\r\n") == [["a", "b"], ["1", "2"]])
        #expect(try cells("a\n\"\"\nb") == [["a"], [""], ["b"]])
        #expect(try cells("a,b\n\"x\"y,\"\"\"\"\n") == [["a", "b"], ["xy", "\""]])
        let open = try rows(try written(Array("a,b\n1,\"2\n3,4\n".utf8)))
        #expect(open.last?.cells == ["1", "2\n3,4\n"])
        #expect(open.last?.fault != nil)
    }

    @Test func `the bar separates also in GB18030, where second bytes may look like it`() throws {
        // 渪 is 9C 7C: its second byte is the bar.
        let path = try written([0x61, 0x7C, 0x62, 0x0A, 0x9C, 0x7C, 0x7C, 0xD6, 0xD0, 0x0A])
        let format = try CSVFormat.detect(path)
        #expect(format == CSVFormat(encoding: .gb18030, mark: 0, separator: 0x7C))
        #expect(try rows(path).last?.cells.count == 2)
        #expect(try rows(path).last?.cells.last == "中")
    }

    @Test func `bytes that are no characters are reported and not swallowed`() throws {
        let path = try written(Array("a,b\n".utf8) + [0xFF, 0x2C, 0x31, 0x0A])
        let row = try #require(try rows(path).last)
        #expect(row.fault != nil)
        #expect(row.cells.last == "1")
    }

    @Test func `a few bad bytes leave a file UTF-8, and only their rows are at fault`() throws {
        let good = Array("客户名称,城市\n恒丰贸易,北京\n李雷商行,上海\n王芳食品,广州\n".utf8)
        // A byte that is none, a character cut off, one with a wrong byte inside, one cut off at the end.
        for bad: [UInt8] in [[0xFF], [0xE5, 0x8C], [0xE5, 0xFF, 0x97], [0xC3]] {
            let path = try written(good + Array("赵六".utf8) + bad + Array(",深圳\n钱七,成都\n".utf8))
            #expect(try CSVFormat.detect(path).encoding == .utf8)
            let read = try rows(path)
            #expect(read.map { $0.fault != nil } == [false, false, false, false, true, false], "\(bad)")
            #expect(read.last?.cells == ["钱七", "成都"])
        }
        let cut = try written(good + [0xE5, 0x8C])
        #expect(try CSVFormat.detect(cut).encoding == .utf8)
        #expect(try rows(cut).last?.fault != nil)
    }

    @Test(
        arguments: [
            // 中文, 联通, 姓名/电话, 客户/北京, 张三
            [0xD6, 0xD0, 0xCE, 0xC4], [0xC1, 0xAA, 0xCD, 0xA8], [0xD0, 0xD5, 0xC3, 0xFB, 0x2C, 0xB5, 0xE7, 0xBB, 0xB0],
            [0xBF, 0xCD, 0xBB, 0xA7, 0x2C, 0xB1, 0xB1, 0xBE, 0xA9], [0xD5, 0xC5, 0xC8, 0xFD],
        ] as [[UInt8]]
    )
    func `short files in GB18030 are found`(_ bytes: [UInt8]) throws {
        #expect(try CSVFormat.detect(try written(bytes + [0x0A])).encoding == .gb18030)
        let many = (1...40).flatMap { number -> [UInt8] in Array("\(number),".utf8) + bytes + [0x0A] }
        #expect(try CSVFormat.detect(try written(Array("no,name,place\n".utf8) + many)).encoding == .gb18030)
    }

    @Test func `a quotation mark that is never closed ends with a reason and bounded memory`() throws {
        let path = try written(Array("a,b\n1,\"".utf8) + [UInt8](repeating: 0x78, count: 9 << 20))
        let format = CSVFormat()
        let reader = try CSVReader(path, format)
        _ = try reader.next()
        #expect(throws: Problem.self) { _ = try reader.next() }
    }

    @Test func `a workbook is refused with advice`() async throws {
        let path = try sample("customers.xlsx")
        #expect(await problem { _ = try CSVFormat.detect(path) }?.code == "not_text")
    }

    @Test func `what is written is read again, whatever it holds`() throws {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "a", "中文", "𠮷", "👩‍👩‍👧", ",", ";", "\t", "\"", "\n", "\r\n", "\r", "=cmd|' /C calc'!A0", "@x", "+1", "-1", " ",
            "'",
            "", "é", "\u{FEFF}", "|",
        ]
        for round in 0..<200 {
            let width = Int.random(in: 1...6, using: &random)
            let table = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                (0..<width).map { _ in
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                        .joined()
                }
            }
            let separator = ([0x2C, 0x3B, 0x09, 0x7C] as [UInt8])[round % 4]
            var writer = CSVWriter(.raw, separator: separator)
            for row in table { writer.row(row) }
            let path = try written(writer.take())
            let read = try rows(path, CSVFormat(encoding: .utf8, mark: 3, separator: separator)).map(\.cells)
            #expect(read == table)
            try FileManager.default.removeItem(atPath: path)
        }
    }

    @Test func `cells that a spreadsheet would run are made harmless, numbers stay numbers`() throws {
        var writer = CSVWriter(.safe, mark: false)
        for text in ["=SUM(A1)", "+86 1", "-x", "@a", "\tx", "＝1", "plain"] { writer.cell(text) }
        writer.cell("-12.50", isNumber: true)
        writer.endRow()
        let text = String(decoding: writer.take(), as: UTF8.self)
        #expect(text == "'=SUM(A1),'+86 1,'-x,'@a,'\tx,'＝1,plain,-12.50\r\n")
    }
}
