/// A module and all that it imports, directly or not, as one: a browser then asks for one file instead of two dozen.
///
/// Each becomes a function that runs at once, behind those that it imports, and gives out what it exports:
///
///     const { h, fill } = (() => { …; return { h, fill }; })();
///
/// So modules import and export by name, in lines that begin so; no two export the same name, and none imports itself
/// by way of others.
struct ModuleBundle {
    /// The modules that it consists of.
    private(set) var names: Set<String> = []
    private(set) var text = ""
    private var exports: [String] = []

    /// - Parameter files: the texts of all modules, by name.
    init(of name: String, in files: [String: String]) {
        add(name, from: files)
        text += "export { \(exports.joined(separator: ", ")) };\n"
    }

    private mutating func add(_ name: String, from files: [String: String]) {
        guard let file = files[name], names.insert(name).inserted else { return }
        var (body, exported) = ("", [String]())
        for line in file.split(separator: "\n", omittingEmptySubsequences: false) {
            if let other = Self.imported(by: line) {
                add(other, from: files)
            } else if line.hasPrefix("export "), let found = line.firstMatch(of: Self.declaration) {
                exported.append(String(found.output.1))
                body += line.dropFirst("export ".count) + "\n"
            } else {
                body += line + "\n"
            }
        }
        let list = exported.joined(separator: ", ")
        text += "const { \(list) } = (() => {\n\(body)return { \(list) };\n})();\n"
        exports += exported
    }

    /// The text of a module that is not part of it, but imports from it, as the file `bundle`, what is in it.
    func importing(_ module: String, from bundle: String) -> String {
        module.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard let other = Self.imported(by: line), names.contains(other) else { return String(line) }
            return String(line.replacing("./\(other)", with: "./\(bundle)"))
        }.joined(separator: "\n")
    }

    private static func imported(by line: Substring) -> String? {
        guard line.hasPrefix("import "), let found = line.firstMatch(of: /from "\.\/([^"]+)";$/) else { return nil }
        return String(found.output.1)
    }

    private static var declaration: Regex<(Substring, Substring)> { /(?:function|const|class) ([\w$]+)/ }
}
