import Foundation
import Testing

@testable import Privacy

@Suite struct RecordUnitTests {
    @Test(arguments: [
        // An apostrophe within a name is no quotation mark.
        ("name,note\nO'Neill,a\n李雷,b\n王芳,c\n", "李雷", "李雷,b"),
        ("name,note\n'李雷','第一行\n第二行'\n王芳,c\n", "李雷", "'李雷','第一行\n第二行'"),
        ("name,note\n李雷,'it''s\nmine'\nO'Hara,c\n", "李雷", "李雷,'it''s\nmine'"),
        ("\u{FEFF}'name','note'\n李雷,b\n", "李雷", "李雷,b"),
    ])
    func `a record of a file with single quotation marks is taken whole, and no other with it`(
        _ text: String,
        _ found: String,
        _ whole: String
    ) throws {
        let data = Data(text.utf8)
        let unit = RecordUnit("kept.csv", data, quote: UInt8(ascii: "'"))
        let place = try #require(data.range(of: Data(found.utf8)))
        #expect(String(decoding: data[unit.range(around: place)], as: UTF8.self) == whole)
    }
}
