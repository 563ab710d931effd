import Foundation
import Values

/// Customers of the generator as a file to import: CSV of 12 columns, as a Chinese program would write it.
struct CustomerFile {
    static let columns = [
        "客户名称", "电话", "邮箱", "网址", "城市", "街道", "邮编", "所属行业", "负责人", "客户编号", "备注", "客户类型",
    ]
    private static let fields = [
        "name", "phone", "email", "website", "address_city", "address", "address_postal_code", "industry", "owner",
        "code", "description", "type",
    ]

    let set: DataSet

    /// Writes the customers of a range of numbers to a file.
    func write(_ range: Range<Int>, to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw BenchFailure.unwritable(path) }
        defer { try? file.close() }
        var text = CustomerFile.columns.joined(separator: ",") + "\r\n"
        for index in range {
            text += line(index)
            if text.utf8.count > 1_000_000 {
                try file.write(contentsOf: Data(text.utf8))
                text = ""
            }
        }
        try file.write(contentsOf: Data(text.utf8))
    }

    /// The line of a customer; no value of the generator has a comma or a quote.
    func line(_ index: Int) -> String {
        let values = set.customer(index)
        let cells = CustomerFile.fields.map { field in
            if field == "owner" { return owner(values["owner"]?.integer) }
            return values[field]?.text ?? ""
        }
        return cells.joined(separator: ",") + "\r\n"
    }

    private func owner(_ id: Int64?) -> String {
        let number = set.owners.firstIndex { $0.raw == id } ?? 0
        return "销售" + padded(number, 2)
    }
}
