import CExpat
import Glibc
import Values

/// What listens to an XML document while it is read.
protocol XMLListener: AnyObject {
    func start(_ tag: XMLTag) throws
    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws
    func end(_ tag: XMLTag) throws
}

/// An element as the parser shows it: valid only during the call. Prefixes of names are left out.
struct XMLTag {
    private let name: UnsafePointer<CChar>
    private let attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?

    init(_ name: UnsafePointer<CChar>, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>? = nil) {
        self.name = XMLTag.local(name)
        self.attributes = attributes
    }

    private static func local(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar> {
        strchr(name, 0x3A).map { UnsafePointer($0) + 1 } ?? name
    }

    private static func equal(_ name: UnsafePointer<CChar>, _ text: StaticString) -> Bool {
        strcmp(local(name), UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
    }

    func isNamed(_ text: StaticString) -> Bool { XMLTag.equal(name, text) }

    /// The value of an attribute as bytes that end with zero.
    func bytes(_ attribute: StaticString) -> UnsafePointer<CChar>? {
        guard var next = attributes else { return nil }
        while let name = next[0] {
            if XMLTag.equal(name, attribute) { return next[1] }
            next += 2
        }
        return nil
    }

    /// The value of an attribute.
    subscript(attribute: StaticString) -> String? { bytes(attribute).map { String(cString: $0) } }
}

/// Reads XML as a stream, with bounded memory. Document types, and with them entities that grow, are refused.
final class XMLStream {
    /// The longest tag in bytes: text comes in pieces, a tag does not.
    private static let longestTag = 1 << 20
    private static let deepest = 64

    private let parser: XML_Parser
    private unowned let listener: any XMLListener
    private var failure: (any Error)?
    private var depth = 0

    init(_ listener: any XMLListener) throws {
        guard let made = XML_ParserCreate(nil) else { throw XMLStream.broken }
        parser = made
        self.listener = listener
        XML_SetUserData(made, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            made,
            { data, name, attributes in
                guard let name else { return }
                XMLStream.of(data)?.started(XMLTag(name, attributes))
            },
            { data, name in
                guard let name else { return }
                XMLStream.of(data)?.ended(XMLTag(name))
            }
        )
        XML_SetCharacterDataHandler(made) { data, text, length in
            guard let text else { return }
            text.withMemoryRebound(to: UInt8.self, capacity: Int(length)) { start in
                XMLStream.of(data)?.characters(UnsafeBufferPointer(start: start, count: Int(length)))
            }
        }
        XML_SetStartDoctypeDeclHandler(made) { data, _, _, _, _ in XMLStream.of(data)?.stop(XMLStream.doctype) }
    }

    deinit { XML_ParserFree(parser) }

    /// The object that the parser was given, which lives longer than it.
    private static func of(_ data: UnsafeMutableRawPointer?) -> XMLStream? {
        data.map { Unmanaged<XMLStream>.fromOpaque($0).takeUnretainedValue() }
    }

    private func stop(_ error: any Error) {
        if failure == nil { failure = error }
        XML_StopParser(parser, XML_Bool(XML_FALSE))
    }

    private func started(_ tag: XMLTag) {
        guard failure == nil else { return }
        depth += 1
        if depth > XMLStream.deepest { return stop(XMLStream.broken) }
        do { try listener.start(tag) } catch { stop(error) }
    }

    private func ended(_ tag: XMLTag) {
        guard failure == nil else { return }
        depth -= 1
        do { try listener.end(tag) } catch { stop(error) }
    }

    private func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard failure == nil else { return }
        do { try listener.text(bytes) } catch { stop(error) }
    }

    /// Reads an entry to its end, or until the listener throws.
    func read(_ entry: ZipEntry) throws {
        let size = 1 << 16
        var total = 0
        while true {
            guard let buffer = XML_GetBuffer(parser, Int32(size)) else { throw XMLStream.broken }
            let count = try entry.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
            total += count
            let status = XML_ParseBuffer(parser, Int32(count), count == 0 ? 1 : 0)
            if let failure { throw failure }
            guard status == XML_STATUS_OK else { throw XMLStream.broken }
            if count == 0 { return }
            if total - Int(XML_GetCurrentByteIndex(parser)) > XMLStream.longestTag { throw XMLStream.broken }
        }
    }

    static let broken = Problem.malformed(
        "damaged_file",
        Label(
            "The workbook is damaged. Open it in a spreadsheet program, save it as XLSX and upload it again.",
            zh: "表格文件已损坏。请用表格软件打开，另存为 XLSX 后再上传。"
        )
    )

    static let doctype = Problem(
        .unsupported,
        "document_type",
        Label(
            "The workbook holds definitions that no spreadsheet program writes, so it is not read.",
            zh: "文件中含有表格软件不会写入的定义，为安全起见不予读取。"
        )
    )
}
