import Testing
import Values

@Suite struct FoldTests {
    @Test func `a text that is said to be folded already is its own fold`() {
        var folded = 0
        for value in UInt32(1)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "张a1" + String(scalar) + "公司"
            let isFolded = Array(text.utf8).withUnsafeBufferPointer(Fold.isFolded)
            if !isFolded { continue }
            folded += 1
            #expect(Fold.fold(scalar) == scalar, "U+\(String(value, radix: 16))")
        }
        #expect(folded > 30_000)
        #expect(Fold.fold("ＡＢＣ公司Ltd　É") == "abc公司ltd é")
    }

    @Test func `bytes that are cut in the middle of a character are not said to be folded`() {
        let bytes = Array("公司".utf8)
        for count in [1, 2, 4, 5] {
            #expect(Array(bytes.prefix(count)).withUnsafeBufferPointer(Fold.isFolded) == false)
        }
    }
}
