// esbuild gathers imported style sheets into one file an app; to the compiler they are nothing.
declare module "*.css" {}
