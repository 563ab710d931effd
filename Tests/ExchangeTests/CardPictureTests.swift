import Database
import Exchange
import Files
import Foundation
import Identity
import Records
import SQLText
import Testing
import Values

@Suite struct CardPictureTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x01, 0x02]
    private static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, 0x4A, 0x46, 0x49, 0x46]

    private func card(_ version: String, _ name: String, _ photo: String) -> String {
        "BEGIN:VCARD\r\nVERSION:\(version)\r\nFN:\(name)\r\n\(photo)\r\nEND:VCARD\r\n"
    }

    private func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// The attachments and files of each record by its name: field, name, and what the file holds.
    private func kept(_ plural: String, _ shop: Workshop) async throws -> [String: [String]] {
        var result: [String: [String]] = [:]
        for record in try await shop.all(plural) {
            guard let name = record["name"]?.string, let id = record["id"]?.string.flatMap({ RecordID($0) }) else {
                continue
            }
            result[name] = try await shop.engine.read(as: shop.admin) { session in
                try Files.list(try session.object(plural), id, session).map { file in
                    let content = try Data(contentsOf: URL(filePath: shop.files.store.path(file.hash)))
                    return "\(file.field ?? "-") \(file.name) \(content.base64EncodedString())"
                }.sorted()
            }
        }
        return result
    }

    @Test func `pictures of cards of every version are attached to the contacts`() async throws {
        let shop = try await Workshop.open()
        let (png, jpeg) = (base64(CardPictureTests.png), base64(CardPictureTests.jpeg))
        let folded = "\(png.prefix(5))\r\n \(png.dropFirst(5))"
        let text =
            card("2.1", "甲", "PHOTO;ENCODING=BASE64;TYPE=JPEG:\r\n \(jpeg)\r\n")
            + card("3.0", "乙", "PHOTO;ENCODING=b;TYPE=PNG:\(folded)")
            + card("3.0", "丙", "PHOTO;ENCODING=b;TYPE=JPEG:\r\nNOTE:照片为空")
            + card("4.0", "丁", "PHOTO:data:image/png;base64,\(folded)")
        let path = try shop.file("a.vcf", text)
        let preview = try await shop.imports.preview(path, object: "contacts", as: shop.admin)
        #expect(preview.bringsFiles)
        #expect(preview.mapping.columns.first { $0.header == "照片" }?.field == "attachments")
        let status = try await shop.run("contacts", text, name: "a.vcf")
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.created == 4 && status.message == nil, "\(why)")
        let kept = try await kept("contacts", shop)
        #expect(kept["甲"] == ["- photo.jpg \(jpeg)"])
        #expect(kept["乙"] == ["- photo.png \(png)"])
        #expect(kept["丙"] == [])
        #expect(kept["丁"] == ["- photo.png \(png)"])
        // Brought twice, it hangs there once.
        _ = try await shop.run("contacts", text, name: "a.vcf") { ($0.mode, $0.match) = (.upsert, ["name"]) }
        #expect(try await self.kept("contacts", shop) == kept)
    }

    @Test func `a picture that is refused is left out and remarked upon, its contact is not`() async throws {
        let shop = try await Workshop.open()
        try await shop.engine.database.write {
            _ = try $0.run("INSERT INTO sys_setting (key, value) VALUES ('file_limit_mb', '1')")
        }
        let large = CardPictureTests.png + [UInt8](repeating: 7, count: 1_100_000)
        let page = Array("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>".utf8)
        let text =
            card("3.0", "大", "PHOTO;ENCODING=b;TYPE=PNG:\(base64(large))")
            + card("3.0", "页", "PHOTO;ENCODING=b;TYPE=SVG:\(base64(page))")
            + card("3.0", "坏", "PHOTO;ENCODING=b:AAA") + card("3.0", "远", "PHOTO;VALUE=uri:https://example.cn/a.jpg")
            + card("3.0", "好", "PHOTO;ENCODING=b;TYPE=PNG:\(base64(CardPictureTests.png))")
        let status = try await shop.run("contacts", text, name: "a.vcf")
        #expect(status.state == .done)
        #expect(status.counts.created == 5 && status.counts.failed == 0)
        let message = try #require(status.message)
        #expect(message.contains("3 张照片") && message.contains("第 2 行") && message.contains("1 MB"))
        #expect(message.contains("第 3 行") && message.contains("第 4 行") && !message.contains("第 5 行"))
        #expect(try await shop.imports.status(status.id, as: shop.admin).message == message)
        let kept = try await kept("contacts", shop)
        #expect(kept.filter { !$0.value.isEmpty }.map(\.key) == ["好"])
    }

    @Test func `a picture goes into a field for files where it is mapped to one`() async throws {
        let shop = try await Workshop.open()
        let text = card("3.0", "锤子", "PHOTO;ENCODING=b;TYPE=PNG:\(base64(CardPictureTests.png))")
        let status = try await shop.run("tools", text, name: "a.vcf") {
            $0.mapping = try? ImportMapping(try JSONReader.parse(#"{"columns":{"姓名":"name","照片":"picture"}}"#))
        }
        let why = try await shop.imports.reasons(status.id, as: shop.admin)
        #expect(status.counts.created == 1, "\(why)")
        #expect(try await kept("tools", shop)["锤子"] == ["picture photo.png \(base64(CardPictureTests.png))"])
    }

    @Test func `after a crash each contact has its own picture, once`() async throws {
        struct Crash: Error {}
        let shop = try await Workshop.open()
        var text = ""
        for index in UInt8(0)..<120 {
            let photo = index % 3 == 0 ? "NOTE:x" : "PHOTO;ENCODING=b:\(base64(CardPictureTests.png + [index]))"
            text += card("3.0", "c\(index)", photo)
        }
        let request = ImportRequest(file: try shop.file("a.vcf", text), object: "contacts")
        let id = try await shop.imports.start(request, as: shop.admin)
        await #expect(throws: Crash.self) {
            try await shop.imports.run(id, as: shop.admin) { if $0.counts.created >= 50 { throw Crash() } }
        }
        let later = try Imports(shop.engine, directory: shop.folder + "/imports", files: shop.files)
        #expect(try await later.run(id, as: shop.admin).counts.created == 120)
        let kept = try await kept("contacts", shop)
        for index in UInt8(0)..<120 {
            let photo = "- photo.png \(base64(CardPictureTests.png + [index]))"
            #expect(kept["c\(index)"] == (index % 3 == 0 ? [] : [photo]))
        }
    }

    @Test func `who may make contacts but not change them brings them without pictures`() async throws {
        let shop = try await Workshop.open()
        var object = ObjectRights(everything: .own)
        object.update = .none
        var rights = Rights()
        rights.objects = ["*": object]
        let newcomer = Actor(userID: shop.li.userID, name: "李雷", rights: rights)
        let text = card("3.0", "甲", "PHOTO;ENCODING=b:\(base64(CardPictureTests.png))")
        let status = try await shop.run("contacts", text, name: "a.vcf", as: newcomer)
        #expect(status.counts.created == 1 && status.message?.contains("第 2 行") == true)
        #expect(try await kept("contacts", shop)["甲"] == [])
    }
}
