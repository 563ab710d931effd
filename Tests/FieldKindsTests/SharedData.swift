import Foundation
import Values

/// The bytes of a file of the shared data, which lies beside the checkout.
func sharedData(_ name: String, from file: String = #filePath) throws -> [UInt8] {
    let root = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let path = root.appendingPathComponent("../shared/data/\(name)").standardizedFileURL
    return Array(try Data(contentsOf: path))
}

/// The entries of a JSON file of the shared data.
func sharedList(_ name: String) throws -> [JSONValue] { try JSONReader.parse(sharedData(name)).array ?? [] }
