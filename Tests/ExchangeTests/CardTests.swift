import Exchange
import Foundation
import Records
import TestSupport
import Testing
import Values

@Suite struct CardTests {
    private func path(_ name: String) throws -> String {
        let path = URL(filePath: try sample("README.md")).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("vcard/\(name)").path
        try #require(FileManager.default.fileExists(atPath: path), "The shared data is missing: \(path)")
        return path
    }

    private func cards(_ path: String) throws -> [Card] {
        let reader = try CardReader(path)
        var cards: [Card] = []
        while let card = try reader.next() { cards.append(card) }
        return cards
    }

    @Test func `cards of telephones and mail programs are read exactly`() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: try path("expected.json"))))
        let files = try JSONReader.parse(bytes).members ?? []
        #expect(files.count == 7)
        for file in files {
            let read = try cards(try path(file.key))
            let wanted = file.value.array ?? []
            #expect(read.count == wanted.count, "\(file.key)")
            for (card, expected) in zip(read, wanted) { compare(card, expected, file.key) }
        }
    }

    private func compare(_ card: Card, _ expected: JSONValue, _ file: String) {
        func lines(_ text: String?) -> String? { text?.replacingOccurrences(of: "\r\n", with: "\n") }
        #expect(card.version == expected["version"]?.string, "\(file)")
        #expect(card.formattedName == expected["formatted_name"]?.string, "\(file)")
        let name = expected["name"]
        #expect(card.name?.family == name?["family"]?.string, "\(file)")
        #expect(card.name?.given == name?["given"]?.string, "\(file)")
        #expect(card.name?.additional == name?["additional"]?.string, "\(file)")
        #expect(card.name?.prefix == name?["prefix"]?.string, "\(file)")
        #expect(card.name?.suffix == name?["suffix"]?.string, "\(file)")
        #expect(card.nicknames == texts(expected["nickname"]), "\(file)")
        #expect(card.organization == texts(expected["organization"]), "\(file)")
        #expect(card.title == expected["title"]?.string, "\(file)")
        #expect(card.role == expected["role"]?.string, "\(file)")
        #expect(card.emails == entries(expected["emails"]), "\(file)")
        #expect(card.phones == entries(expected["phones"]), "\(file)")
        #expect(card.urls == texts(expected["urls"]), "\(file)")
        #expect(card.birthday == expected["birthday"]?.string, "\(file)")
        #expect(lines(card.note) == lines(expected["note"]?.string), "\(file)")
        #expect(card.categories == texts(expected["categories"]), "\(file)")
        #expect(card.photoBytes.map(Int64.init) == expected["photo_bytes"]?.integer, "\(file)")
        let keys = ["po_box", "extended", "street", "city", "region", "postal_code", "country"]
        let addresses = (expected["addresses"]?.array ?? []).map { address in
            keys.map { address[$0]?.string ?? "" } + texts(address["types"])
        }
        #expect(card.addresses.map { $0.parts + $0.types } == addresses, "\(file)")
    }

    private func texts(_ json: JSONValue?) -> [String] { json?.array?.compactMap(\.string) ?? [] }

    private func entries(_ json: JSONValue?) -> [Card.Entry] {
        (json?.array ?? []).map { Card.Entry(value: $0["value"]?.string ?? "", types: texts($0["types"])) }
    }

    @Test func `a Chinese card becomes a contact of its customer`() async throws {
        let shop = try await Workshop.open()
        let customer = try await shop.make("customers", #"{"name":"杭州云杉制造有限公司"}"#)
        var request = ImportRequest(file: try path("cn-gb2312-v21.vcf"), object: "contacts")
        let first = try await shop.imports.run(try await shop.imports.start(request, as: shop.admin), as: shop.admin)
        request.file = try path("cn-utf8-v30.vcf")
        let second = try await shop.imports.run(try await shop.imports.start(request, as: shop.admin), as: shop.admin)
        let why = try await shop.imports.reasons(second.id, as: shop.admin)
        #expect(first.counts.created == 1 && second.counts.created == 1, "\(why)")
        let contacts = try await shop.all("contacts")
        let wang = try #require(contacts.first { $0["name"]?.string == "王小明" })
        #expect(wang["customer"]?["id"]?.string == customer.description)
        #expect(wang["department"]?.string == "采购部")
        #expect(wang["title"]?.string == "采购经理")
        #expect(wang["mobile"]?.string?.contains("139") == true)
        #expect(wang["address"]?["city"]?.string == "杭州市")
        #expect(wang["description"]?.string?.contains("第二行，含;分号与=等号") == true)
        let ouyang = try #require(contacts.first { $0["name"]?.string == "欧阳静怡" })
        #expect(ouyang["mobile"]?.string?.hasSuffix("5678") == true)
        #expect(ouyang["birthday"]?.string == "1986-02-28")
        #expect(ouyang["customer"] == .null)
        #expect(texts(ouyang["tags"]) == ["VIP客户", "西南区"])
    }

    @Test(arguments: [ExportFormat.cards, .newCards])
    func `contacts go out as cards and come back`(_ format: ExportFormat) async throws {
        let shop = try await Workshop.open()
        let customer = try await shop.make("customers", #"{"name":"锦里; 食品, 公司"}"#)
        try await shop.make(
            "contacts",
            """
            {"name":"𠮷野 👍","customer":"\(customer)","title":"=经理","department":"财务","mobile":"13900005678",
            "email":"a@example.cn","birthday":"1986-02-28","tags":["VIP","西南"],"description":"一行\\n二行, 三;四\\\\五",
            "address":{"street":"天府大道中段六百六十六号高新区国际广场甲座二十八层二八零一室及二八零二室","city":"成都市"}}
            """
        )
        let text = try await shop.export("contacts", format)
        #expect(text.hasPrefix("BEGIN:VCARD\r\nVERSION:\(format == .cards ? "3.0" : "4.0")\r\n"))
        #expect(text.contains("\r\nBDAY:\(format == .cards ? "1986-02-28" : "19860228")\r\n"))
        #expect(text.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 75 })
        _ = try await shop.run("contacts", text, name: "a.vcf")
        let contacts = try await shop.all("contacts")
        #expect(contacts.count == 2)
        for key in ["name", "customer", "title", "department", "mobile", "email", "birthday", "tags", "description"] {
            #expect(contacts.first?[key] == contacts.last?[key], "\(key)")
        }
        #expect(contacts.first?["address"]?["street"] == contacts.last?["address"]?["street"])
        #expect(await problem { _ = try await shop.export("products", format) }?.code == "no_cards")
    }

    @Test(
        arguments: [
            "BEGIN:VCARD",
            "BEGIN:VCARD\nVERSION:4.0\nTEL;VALUE=uri;TYPE=\"cell,voice\":tel:+86-139-0000-0001;ext=5\nFN:X",
            "BEGIN:VCARD\nBEGIN:VCARD\nBEGIN:VCARD\nEND:VCARD\n", "BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=\n=\n=",
            "BEGIN:VCARD\n:::;;;\nTEL;;;:\nADR:;\nN;CHARSET=NONSENSE;ENCODING=QUOTED-PRINTABLE:=FF=FE\nEND:VCARD",
        ]
    )
    func `broken cards break nothing`(_ text: String) throws {
        let file = TestFolder.path(".vcf")
        try Data(text.utf8).write(to: URL(filePath: file))
        let read = try cards(file)
        #expect(read.count <= 1)
        if text.contains("tel:") { #expect(read.first?.phones.first?.value == "+86-139-0000-0001-5") }
    }
}
