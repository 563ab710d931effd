import Identity
import Records
import Schema
import Testing
import Values

@Suite struct LongNameTests {
    @Test func `of two fields whose long names differ only at the end each is unique`() async throws {
        let office = try await Office.open()
        let object = "x_" + String(repeating: "o", count: 36)
        let field = "f" + String(repeating: "e", count: 34)
        let label = #""label":{"en":"Long","zh":"长"}"#
        try await office.engine.apply(
            .addObject(try JSONReader.parse(#"{"key":"\#(object.dropFirst(2))",\#(label)}"#)),
            as: office.admin
        )
        for end in ["a", "b"] {
            let json = #"{"key":"\#(field)\#(end)",\#(label),"kind":"text","unique":true}"#
            try await office.engine.apply(
                .addField(object: object, try JSONReader.parse(json)),
                as: office.admin
            )
        }
        try await office.make(object, #"{"name":"1","x_\#(field)a":"same","x_\#(field)b":"same"}"#, as: office.admin)
        for end in ["a", "b"] {
            let refused = await problem {
                try await office.make(object, #"{"name":"2","x_\#(field)\#(end)":"same"}"#, as: office.admin)
            }
            #expect(refused != nil, "the field that ends in \(end)")
        }
    }
}
