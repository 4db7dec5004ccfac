/// What is shown instead of a secret that has a value.
package enum Masked {
    package static let text = "***"
    /// The same for what a user typed into a form field declared `password`.
    package static let typed = "***REDACTED***"
}
