import CGd
import Foundation
import Glibc

/// Small versions of pictures, made when they are first asked for and kept beside the contents.
///
/// One at a time, on a thread of its own: unpacking takes time and memory, which requests must not wait for or share.
final class Thumbnails: Sendable {
    /// The longest side in pixels.
    static let side = 320

    private let folder: String
    private let queue = DispatchQueue(label: "thumbnails")

    init(folder: String) {
        self.folder = folder
        kehu_gd_quiet()
    }

    func path(_ hash: String) -> String { "\(folder)/\(hash.prefix(2))/\(hash.dropFirst(2)).jpg" }

    func remove(_ hash: String) { unlink(path(hash)) }

    /// The thumbnail of a picture; nil for what cannot be unpacked.
    func make(_ hash: String, of source: String, type: String) async -> String? {
        let place = path(hash)
        if access(place, R_OK) == 0 { return place }
        return await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: Thumbnails.write(source, type, to: place) ? place : nil)
            }
        }
    }

    private static func write(_ source: String, _ type: String, to place: String) -> Bool {
        guard let file = fopen(source, "rb") else { return false }
        defer { fclose(file) }
        var head = [UInt8](repeating: 0, count: Picture.lookedAt)
        head.removeLast(head.count - fread(&head, 1, head.count, file))
        rewind(file)
        guard let size = Picture(head, type: type), size.width > 0, size.height > 0,
            size.pixels <= Picture.mostUnpacked, let picture = unpack(file, type)
        else { return false }
        defer { gdImageDestroy(picture) }
        // A header may promise less than there is.
        let (width, height) = (Int(picture.pointee.sx), Int(picture.pointee.sy))
        guard width > 0, height > 0, let small = shrink(picture, width, height) else { return false }
        let turn = type == "image/jpeg" ? Picture.turn(head) : 0
        let upright = turn == 0 ? nil : gdImageRotateInterpolated(small, Float(turn), 0xFFFFFF)
        defer {
            gdImageDestroy(small)
            if let upright { gdImageDestroy(upright) }
        }
        return store(upright ?? small, at: place)
    }

    private static func unpack(_ file: UnsafeMutablePointer<FILE>, _ type: String) -> gdImagePtr? {
        switch type {
        case "image/png": gdImageCreateFromPng(file)
        case "image/jpeg": gdImageCreateFromJpegEx(file, 1)
        case "image/gif": gdImageCreateFromGif(file)
        case "image/webp": gdImageCreateFromWebp(file)
        default: nil
        }
    }

    private static func shrink(_ picture: gdImagePtr, _ width: Int, _ height: Int) -> gdImagePtr? {
        let scale = min(1, Double(side) / Double(max(width, height)))
        let (wide, high) = (max(1, Int(Double(width) * scale)), max(1, Int(Double(height) * scale)))
        guard let small = gdImageCreateTrueColor(Int32(wide), Int32(high)) else { return nil }
        gdImageFilledRectangle(small, 0, 0, Int32(wide), Int32(high), 0xFFFFFF)
        gdImageCopyResampled(
            small,
            picture,
            0,
            0,
            0,
            0,
            Int32(wide),
            Int32(high),
            Int32(width),
            Int32(height)
        )
        return small
    }

    private static func store(_ picture: gdImagePtr, at place: String) -> Bool {
        let parent = (place as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        let part = place + ".part"
        guard let file = fopen(part, "wb") else { return false }
        gdImageJpeg(picture, file, 82)
        guard fclose(file) == 0, rename(part, place) == 0 else {
            unlink(part)
            return false
        }
        return true
    }
}
