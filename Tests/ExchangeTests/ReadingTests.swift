import Exchange
import Foundation
import Identity
import TestSupport
import Testing
import Values

@Suite struct ReadingTests {
    private func written(_ bytes: [UInt8]) throws -> String {
        let path = TestFolder.path(".csv")
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    private func cells(_ path: String, _ reading: CSVReading) throws -> [[String]] {
        try rows(path, try CSVFormat.detect(path, as: reading)).map(\.cells)
    }

    @Test func `what is said about a file goes before what it looks like`() throws {
        let path = try written(Array("a;b,c\n'1;2',3\n".utf8))
        #expect(try cells(path, CSVReading(separator: .comma, quote: .double)) == [["a;b", "c"], ["'1;2'", "3"]])
        #expect(try cells(path, CSVReading(separator: .semicolon, quote: .single)) == [["a", "b,c"], ["1;2,3"]])
        #expect(
            try cells(path, CSVReading(separator: .semicolon, quote: .nothing)) == [["a", "b,c"], ["'1", "2',3"]]
        )
        #expect(try cells(path, CSVReading(separator: .pipe)) == [["a;b,c"], ["'1;2',3"]])
        #expect(try cells(path, CSVReading(separator: .tab)) == [["a;b,c"], ["'1;2',3"]])
    }

    @Test func `without quotation marks an inch at the beginning of a cell swallows nothing`() throws {
        let path = try written(Array("size,n\n\"3 pipe,1\n4\" pipe,2\n5,\"\"\n".utf8))
        #expect(try cells(path, CSVReading()).count < 4)
        let plain = try cells(path, CSVReading(quote: .nothing))
        #expect(plain == [["size", "n"], ["\"3 pipe", "1"], ["4\" pipe", "2"], ["5", "\"\""]])
    }

    @Test func `an encoding that is said is taken, with or without a mark`() throws {
        // C4 B3 is 某 in GB18030, and ĳ in UTF-8.
        let either = try written(Array("a,b\n".utf8) + [0xC4, 0xB3] + Array(",1\n".utf8))
        #expect(try cells(either, CSVReading())[1] == ["ĳ", "1"])
        #expect(try cells(either, CSVReading(encoding: .gb18030))[1] == ["某", "1"])
        // Chinese has too few zeros for UTF-16 to be seen without a mark.
        let text = "名称,城市\n成都北辰食品有限公司,成都市高新区天府大道\n"
        let table = [["名称", "城市"], ["成都北辰食品有限公司", "成都市高新区天府大道"]]
        let low = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let high = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(try cells(try written(low), CSVReading()) != table)
        #expect(try cells(try written(low), CSVReading(encoding: .utf16LittleEndian)) == table)
        #expect(try cells(try written(high), CSVReading(encoding: .utf16BigEndian)) == table)
        #expect(try cells(try written([0xFF, 0xFE] + low), CSVReading(encoding: .utf16LittleEndian)) == table)
        #expect(try cells(try written([0xFE, 0xFF] + high), CSVReading(encoding: .utf16BigEndian)) == table)
        let marked = try written([0xEF, 0xBB, 0xBF] + Array(text.utf8))
        #expect(try cells(marked, CSVReading(encoding: .utf8)) == table)
        // The wrong one is read as it is said, and the rows tell.
        let wrong = try CSVFormat.detect(either, as: CSVReading(encoding: .utf8))
        #expect(wrong.encoding == .utf8 && wrong.mark == 0)
        let chinese = try written([0x61, 0x2C, 0x62, 0x0A, 0xD6, 0xD0, 0x2C, 0x31, 0x0A])
        let faulty = try rows(chinese, try CSVFormat.detect(chinese, as: CSVReading(encoding: .utf8)))
        #expect(faulty.last?.fault != nil)
    }

    @Test func `a workbook is refused with advice also where an encoding is said`() async throws {
        let path = try sample("customers.xlsx")
        let refused = await problem { _ = try CSVFormat.detect(path, as: CSVReading(encoding: .gb18030)) }
        #expect(refused?.code == "not_text")
    }

    @Test func `single quotation marks are found where nearly all cells stand in them`() throws {
        let quoted = try written(
            Array("'Name','City'\r\n'O''Neill, Inc.','Cork'\r\n'two\r\nlines','Graz; Wien'\r\n'','x'\r\n".utf8)
        )
        let format = try CSVFormat.detect(quoted)
        #expect(format == CSVFormat(separator: 0x2C, quote: .single))
        let table = [["Name", "City"], ["O'Neill, Inc.", "Cork"], ["two\r\nlines", "Graz; Wien"], ["", "x"]]
        #expect(try rows(quoted).map(\.cells) == table)
        #expect(try ImportFormat.csv(format).rows(quoted) == 3)
        let german = try written(Array("'Name';'Preis'\n'A';'1,50'\n'B';'2,00'\n".utf8))
        #expect(try CSVFormat.detect(german) == CSVFormat(separator: 0x3B, quote: .single))
        let chinese = try written(
            [0x27, 0x61, 0x27, 0x2C, 0x27, 0x62, 0x27, 0x0A, 0x27, 0xD6, 0xD0, 0x27, 0x2C, 0x27, 0x31, 0x27, 0x0A]
        )
        #expect(try rows(chinese).map(\.cells) == [["a", "b"], ["中", "1"]])
        // What somebody says is not doubted.
        #expect(try CSVFormat.detect(quoted, as: CSVReading(quote: .double)).quote == .double)
    }

    @Test(
        arguments: [
            "name,note\n'tis,rock 'n' roll\n'=1+1,'+5\n", "name,note\n'a',b\n'c',d\n", "name\n'=A1\n'=A2\n'=A3\n",
            "\"name\",\"note\"\n\"'a'\",\"'b'\"\n\"'c'\",\"'d'\"\n", "O'Neill,D'Arcy\n'80s,'90s\n",
        ]
    )
    func `apostrophes in words and before formulas are no quotation marks`(_ text: String) throws {
        let path = try written(Array(text.utf8))
        #expect(try CSVFormat.detect(path).quote == .double)
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func `words and signs say how a file is read, and each wrong one is named`() async throws {
        let chinese = CSVReading(encoding: .gb18030, separator: .semicolon, quote: .single)
        #expect(try CSVReading(words: "gbk", ";", "'") == chinese)
        #expect(try CSVReading(words: "GB18030", "semicolon", "single") == chinese)
        let plain = try CSVReading(words: "utf-16le", "\t", "none")
        #expect(plain == CSVReading(encoding: .utf16LittleEndian, separator: .tab, quote: .nothing))
        #expect(try CSVReading(words: "", nil, "") == CSVReading())
        let wrong = await problem { _ = try CSVReading(words: "EBCDIC", "#", "«") }
        #expect(wrong?.kind == .invalid)
        #expect(wrong?.fields.map(\.field) == ["encoding", "separator", "quote"])
        #expect(wrong?.fields.allSatisfy { !$0.message.en.isEmpty && $0.message.zh.contains("只能是") } == true)
    }

    @Test func `the preview follows what is said and still tells what was found`() async throws {
        let shop = try await Workshop.open()
        let path = try shop.file("a.csv", "name,place;count\nHammer,Ulm;5\nSaw,Linz;6\n")
        let found = try await shop.imports.preview(path, object: "tools", as: shop.admin)
        #expect(found.headers == ["name", "place;count"])
        #expect(found.format.csv == found.detected)
        let reading = CSVReading(separator: .semicolon, quote: .nothing)
        let said = try await shop.imports.preview(path, object: "tools", reading: reading, as: shop.admin)
        #expect(said.headers == ["name,place", "count"])
        #expect(said.rows.first == ["Hammer,Ulm", "5"])
        #expect(said.detected == found.detected)
        #expect(said.survey.rows == 2)
        #expect(said.format.label.zh == "CSV，UTF-8，分号分隔，无引号")
    }

    @Test func `what was found out is doubted only where rows, signs or columns do not fit`() async throws {
        let shop = try await Workshop.open()
        func preview(_ bytes: [UInt8], _ reading: CSVReading = CSVReading()) async throws -> ImportPreview {
            let path = try shop.file("a.csv", "")
            try Data(bytes).write(to: URL(filePath: path))
            return try await shop.imports.preview(path, object: "tools", reading: reading, as: shop.admin)
        }
        #expect(try await preview(Array("name,count\nHammer,5\n".utf8)).isDoubtful == false)
        #expect(try await preview(Array("name\nHammer\nSaw\n".utf8)).isDoubtful == false)
        #expect(try await preview(Array("name;count\nHammer;5\n".utf8), CSVReading(separator: .pipe)).isDoubtful)
        #expect(try await preview(Array("name,count\nHammer,5,6\n".utf8)).isDoubtful)
        let chinese: [UInt8] = Array("name,count\n".utf8) + [0xD6, 0xD0, 0x2C, 0x31, 0x0A]
        let found = try await preview(chinese)
        #expect(found.isDoubtful == false)
        #expect(found.format.csv?.summary.zh == "GB18030 · 逗号 · 双引号")
        #expect(found.format.csv?.summary.en == "GB18030 · comma · double quotes")
        #expect(try await preview(chinese, CSVReading(encoding: .utf8)).isDoubtful)
    }

    @Test func `after a crash, in its errors and taken back a file is read as was said`() async throws {
        struct PowerCut: Error {}
        let shop = try await Workshop.open()
        var text = "note|name|count\n"
        // More than a portion ever takes.
        let all = 4200
        for number in 1...all { text += "'Tool|\n\(number)'|\(number % 90 == 0 ? "" : "T\(number)")|\(number)\n" }
        var request = ImportRequest(file: try shop.file("a.csv", text), object: "tools")
        request.reading = CSVReading(separator: .pipe, quote: .single)
        let id = try await shop.imports.start(request, as: shop.admin)
        let admin = shop.admin
        await #expect(throws: PowerCut.self) {
            try await shop.imports.run(id, as: admin) { if $0.rows >= 100 { throw PowerCut() } }
        }
        let half = try await shop.imports.status(id, as: admin)
        #expect(half.state == .running)
        #expect(half.format == .csv(CSVFormat(separator: 0x7C, quote: .single)))
        // A new process on the same workspace.
        let later = try Imports(shop.engine, directory: shop.folder + "/imports")
        let results = try await later.resumeUnfinished { _ in admin }
        let wrong = all / 90
        #expect(results.first?.state == .done)
        #expect(results.first?.counts.created == Int64(all - wrong))
        #expect(results.first?.counts.failed == Int64(wrong))
        #expect(try await shop.all("tools").first?["note"]?.string == "Tool|\n1")
        let errors = try #require(try await later.errorsFile(id, as: admin))
        let failed = try rows(errors)
        #expect(failed.count == wrong + 1)
        #expect(failed[0].cells.prefix(3) == ["note", "name", "count"])
        #expect(failed[1].cells.prefix(3) == ["Tool|\n90", "", "90"])
        #expect(try await later.reasons(id, as: admin, limit: 100).count == wrong)
        try await later.startUndo(id, as: admin)
        #expect(try await later.runUndo(id, as: admin).deleted == Int64(all - wrong))
        #expect(try await shop.count("tools") == 0)
    }

    @Test func `the table in an archive is read as is said`() async throws {
        let shop = try await Workshop.open()
        let table = "name;place\n'Hammer; large';Ulm\n"
        let path = shop.folder + "/a.zip"
        try archive(path, [(name: "t.csv", text: table)])
        var request = ImportRequest(file: path, object: "tools")
        request.reading = CSVReading(separator: .semicolon, quote: .single)
        let id = try await shop.imports.start(request, as: shop.admin)
        let status = try await shop.imports.run(id, as: shop.admin)
        #expect(status.counts.created == 1)
        #expect(try await shop.all("tools").first?["name"]?.string == "Hammer; large")
    }
}
