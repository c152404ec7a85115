import js from '@eslint/js';
import rxjsX from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.cache/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, rxjsX.configs.recommended],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './src/timeline/page/tsconfig.json', './test/browser/tsconfig.json'] },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      'rxjs-x/no-ignored-subscription': 'off',
      // one import per module
      'no-duplicate-imports': 'error',
      // private members one way
      'no-restricted-syntax': [
        'error',
        {
          selector: ':matches(PropertyDefinition, MethodDefinition)[accessibility="private"]',
          message: 'A private member is `#name`.',
        },
        // constants are camelCase
        {
          selector: 'VariableDeclarator > Identifier.id[name=/^[A-Z][A-Z0-9_]+$/]',
          message: 'A constant is camelCase.',
        },
      ],
    },
  },
  {
    files: ['bin/*.js', 'scripts/*.js'],
    languageOptions: { globals: { URL: 'readonly', console: 'readonly', performance: 'readonly' } },
  },
  {
    // The test clock does not reach these: time is read from RxJS (`timer`, `timestamp()`, `asyncScheduler.now()`).
    files: ['operators/**/*.ts', 'src/agent/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'process', 'Buffer'].map((name) => ({
          name,
          message: 'Pure code: take time from RxJS, and nothing from Node.',
        })),
      ],
      'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'Take the time from RxJS.' }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // marble diagrams know one error, the string 'error'
      '@typescript-eslint/only-throw-error': 'off',
      'rxjs-x/no-unsafe-takeuntil': 'off',
      // a fixture of vitest takes what it needs from an object, also if that is nothing
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
    },
  },
);
